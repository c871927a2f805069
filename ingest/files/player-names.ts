import { bareLookup, playerLookup } from "../player-lookup.js";

/** Somebody whom a name may mean. */
export interface Candidate {
  readonly lookup: string;
  /** Every spelling seen. */
  readonly names: readonly string[];
  isOf(team: string, seasonYear: number | undefined): boolean;
}

/** The teams of which a player must be one, and the season. */
export interface TeamHint {
  readonly teams: readonly string[];
  readonly seasonYear: number | undefined;
}

/**
 * `known`: exactly one player. `unknown`: nobody fits, the lookup is the name's own. `ambiguous`: several do, and the teams
 * do not tell them apart.
 */
export interface Match {
  readonly kind: "known" | "unknown" | "ambiguous";
  readonly lookup: string;
}

/** Given names that are no beginning of the full one. */
const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  bill: ["william"],
  billy: ["william"],
  bob: ["robert"],
  bobby: ["robert"],
  bones: ["nahshon"],
  charlie: ["charles"],
  chuck: ["charles"],
  dick: ["richard"],
  jim: ["james"],
  jimmy: ["james"],
  joe: ["joseph"],
  joey: ["joseph"],
  kj: ["kenyon"],
  larry: ["lawrence"],
  mike: ["michael"],
  moe: ["moritz", "maurice", "mohamed"],
  nick: ["nicolas", "nicholas"],
  pat: ["patrick"],
  patty: ["patrick"],
  penny: ["anfernee"],
  steve: ["stephen", "steven"],
  ted: ["theodore"],
  tim: ["timothy"],
  tony: ["anthony"],
  will: ["william"],
};

const SHORTEST_BEGINNING = 2;

/**
 * Finds players by names as other sources spell them. Tried in this order, each only if exactly one player fits: the same
 * letters; the same without a generational suffix; a short form of the given name, or one letter more or less, for which
 * the player must be of the teams. Of namesakes the teams decide.
 */
export class PlayerNames {
  readonly #candidates: readonly Candidate[];
  readonly #byLookup = new Map<string, Candidate[]>();
  readonly #byBare = new Map<string, Candidate[]>();
  readonly #answers = new Map<string, Match>();

  constructor(candidates: readonly Candidate[]) {
    this.#candidates = candidates;
    for (const candidate of candidates) {
      const lookups = new Set(candidate.names.map(playerLookup));
      for (const key of new Set([...lookups, candidate.lookup])) push(this.#byLookup, key, candidate);
      for (const key of new Set([...lookups].map(bareLookup))) push(this.#byBare, key, candidate);
    }
  }

  /** Whether a lookup means exactly one player, wherever he plays. */
  isCertain(lookup: string): boolean {
    const [first, ...others] = this.#byLookup.get(lookup) ?? [];
    return first !== undefined && others.length === 0 && first.lookup === lookup;
  }

  match(name: string, hint: TeamHint): Match {
    const key = `${name}\n${hint.seasonYear}\n${hint.teams.join(" ")}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#find(name, hint);
    this.#answers.set(key, answer);
    return answer;
  }

  #find(name: string, hint: TeamHint): Match {
    const lookup = playerLookup(name);
    const isHere = (candidate: Candidate) => hint.teams.some((team) => candidate.isOf(team, hint.seasonYear));
    const exact = this.#byLookup.get(lookup) ?? [];
    const bare = this.#byBare.get(bareLookup(lookup)) ?? [];
    // Whoever is of the teams goes before the father of the same name, whoever is known goes before nobody.
    for (const fitting of [exact.filter(isHere), bare.filter(isHere), exact, bare]) {
      if (fitting.length === 1) return { kind: "known", lookup: (fitting[0] as Candidate).lookup };
      if (fitting.length > 1) return { kind: "ambiguous", lookup };
    }
    const pool = hint.teams.length > 0 ? this.#candidates.filter(isHere) : this.#candidates;
    const near = pool.filter(({ names }) => names.some((known) => isShortForm(lookup, known) || isNear(lookup, known)));
    return near.length === 1 ? { kind: "known", lookup: (near[0] as Candidate).lookup } : { kind: "unknown", lookup };
  }
}

function push(index: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [candidate]);
  else list.push(candidate);
}

/** Whether the letters are the player's family name behind a short or a long form of his given name. */
function isShortForm(lookup: string, name: string): boolean {
  const words = name
    .replace(/[ ,]+(?:jr|sr|ii|iii|iv)\.?\s*$/i, "")
    .trim()
    .split(/\s+/);
  const given = playerLookup(words[0] ?? "");
  const family = playerLookup(words.slice(1).join(" "));
  const bare = bareLookup(lookup);
  if (family === "" || !bare.endsWith(family)) return false;
  const called = bare.slice(0, bare.length - family.length);
  const [shorter, longer] = called.length < given.length ? [called, given] : [given, called];
  if (shorter.length >= SHORTEST_BEGINNING && longer.startsWith(shorter)) return true;
  return (SHORT_NAMES[called] ?? []).includes(given) || (SHORT_NAMES[given] ?? []).includes(called);
}

/** Whether one letter more or less makes the lookups equal: lost letters, `ö` written `oe`, slips. */
function isNear(lookup: string, name: string): boolean {
  const other = playerLookup(name);
  const [shorter, longer] = lookup.length < other.length ? [lookup, other] : [other, lookup];
  if (longer.length !== shorter.length + 1 || shorter.length < 6) return false;
  let at = 0;
  while (at < shorter.length && shorter[at] === longer[at]) at++;
  return shorter.slice(at) === longer.slice(at + 1);
}
