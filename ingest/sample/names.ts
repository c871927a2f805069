import { playerLookup } from "../player-lookup.js";
import type { Random } from "./random.js";

const FIRST_BEGINNINGS =
  "Bram Dor Kel Tov Zan Mir Jas Orl Fen Gar Hal Iv Lun Nev Per Quil Rav Sol Tam Ulr Vek Yar".split(" ");
const FIRST_ENDINGS = "ek in ano us iel ard eth is ovan or".split(" ");
const LAST_BEGINNINGS =
  "Valt Korv Marr Drus Hesp Pelk Tarn Ostr Lind Gralt Fers Bolg Ashk Cren Norv Sabr Ulm Wyrr Zelt Thal".split(" ");
const LAST_ENDINGS = "avik edorn eteck omere uquist abane olotte iheim egard onova areth owick".split(" ");

/** Invents names from syllables, in ASCII, none twice. */
export function inventNames(random: Random, count: number): string[] {
  const names = new Map<string, string>();
  while (names.size < count) {
    const first = random.pick(FIRST_BEGINNINGS) + random.pick(FIRST_ENDINGS);
    const last = random.pick(LAST_BEGINNINGS) + random.pick(LAST_ENDINGS);
    names.set(playerLookup(`${first} ${last}`), `${first} ${last}`);
  }
  return [...names.values()];
}
