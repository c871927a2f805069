import { type Position, UnsupportedGeography } from "./geography.js";
import { positionOf, vectorOf } from "./sphere.js";

const DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz";
const MOST = 20;

/** https://en.wikipedia.org/wiki/Geohash: bits of longitude and latitude in turn, five a digit. */
function encode([lng, lat]: Position, digits: number): string {
  const bounds = { lng: [-180, 180] as [number, number], lat: [-90, 90] as [number, number] };
  let text = "";
  for (let bit = 0, value = 0; text.length < digits; bit++) {
    const [range, x] = bit % 2 === 0 ? [bounds.lng, lng] : [bounds.lat, lat];
    const middle = (range[0] + range[1]) / 2;
    const upper = x >= middle;
    range[upper ? 0 : 1] = middle;
    value = value * 2 + (upper ? 1 : 0);
    if (bit % 5 !== 4) continue;
    text += DIGITS[value];
    value = 0;
  }
  return text;
}

/** @param digits beyond 1 to 20 it is 20 */
export function geohash(position: Position, digits: number): string {
  const count = digits >= 1 && digits <= MOST ? digits : MOST;
  const text = encode(position, count);
  // The service keeps points as vectors: a position on the border of two cells may come back on its other side.
  if (encode(positionOf(vectorOf(position)), count) !== text)
    throw new UnsupportedGeography(`ST_GEOHASH with ${count} digits of a point on the border of two cells`);
  return text;
}

/** The middle of a geohash's cell. */
export function geohashCenter(text: string): Position {
  const bounds = { lng: [-180, 180] as [number, number], lat: [-90, 90] as [number, number] };
  const digits = [...text.toLowerCase()].map((digit) => DIGITS.indexOf(digit));
  if (digits.length === 0 || digits.length > MOST || digits.includes(-1))
    throw new Error(`ST_GeogPointFromGeoHash failed: Invalid geohash: ${text}`);
  for (let bit = 0; bit < digits.length * 5; bit++) {
    const range = bit % 2 === 0 ? bounds.lng : bounds.lat;
    const set = ((digits[Math.floor(bit / 5)] as number) >> (4 - (bit % 5))) & 1;
    range[set === 1 ? 0 : 1] = (range[0] + range[1]) / 2;
  }
  return [(bounds.lng[0] + bounds.lng[1]) / 2, (bounds.lat[0] + bounds.lat[1]) / 2];
}
