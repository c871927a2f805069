import type { Position } from "./geography.js";
import { add, angle, EARTH_RADIUS, positionOf, scale, unit, type Vector, vectorOf } from "./sphere.js";

/** Meters that straight edges of a map, and geodesics, may be apart from each other. */
const TOLERANCE = 10;

/**
 * https://github.com/google/s2geometry, S2EdgeTessellator: the largest distance between a geodesic and a straight line of the map lies near one of
 * two places, symmetric to the middle; it is measured there and enlarged by what it may be more elsewhere.
 */
const FRACTION = 0.3121569108224831;
const FACTOR = 0.838299925698885;
const LIMIT = (FACTOR * TOLERANCE) / EARTH_RADIUS;

const between = (a: number, b: number, share: number): number => (1 - share) * a + share * b;

/** The planar positions of an edge, the second as near to the first as whole turns allow. */
function unwrapped(a: Position, b: Position): Position {
  const turns = Math.round((b[0] - a[0]) / 360);
  return turns === 0 ? b : [b[0] - 360 * turns, b[1]];
}

function onGeodesic(a: Vector, b: Vector, share: number): Vector {
  const whole = angle(a, b);
  const along = share * whole;
  const [p, q] = [Math.sin(whole - along), Math.sin(along)];
  return unit(add(scale(a, p), scale(b, q)));
}

/** How far geodesic and straight line are apart where it tells, as an angle. */
function apart(a: Vector, pa: Position, b: Vector, pb: Position): number {
  if (angle(a, b) < 1e-14) return 0;
  if (Math.cos(angle(a, b)) < -1e-14) return Number.POSITIVE_INFINITY;
  const at = (share: number): number =>
    angle(onGeodesic(a, b, share), vectorOf([between(pa[0], pb[0], share), between(pa[1], pb[1], share)]));
  return Math.max(at(FRACTION), at(1 - FRACTION));
}

/** Positions between two, such that straight lines of the map follow the geodesic. */
export function alongGeodesic(from: Position, to: Position): Position[] {
  const visit = (a: Vector, pa: Position, b: Vector, pbGiven: Position): Position[] => {
    const pb = unwrapped(pa, pbGiven);
    if (apart(a, pa, b, pb) <= LIMIT) return [];
    const middle = unit(add(a, b));
    const pMiddle = unwrapped(pa, positionOf(middle));
    return [...visit(a, pa, middle, pMiddle), pMiddle, ...visit(middle, pMiddle, b, pb)];
  };
  return visit(vectorOf(from), from, vectorOf(to), to);
}

/** Positions between two, such that geodesics follow the straight line of the map. */
export function alongMap(from: Position, to: Position): Position[] {
  const visit = (a: Vector, pa: Position, b: Vector, pbGiven: Position): Position[] => {
    const pb = unwrapped(pa, pbGiven);
    if (apart(a, pa, b, pb) <= LIMIT) return [];
    const pMiddle: Position = [between(pa[0], pb[0], 0.5), between(pa[1], pb[1], 0.5)];
    const middle = vectorOf(pMiddle);
    return [...visit(a, pa, middle, pMiddle), pMiddle, ...visit(middle, pMiddle, b, pb)];
  };
  return visit(vectorOf(from), from, vectorOf(to), to);
}
