import { type Edge, type Meeting, visitPairs } from "./edges.js";
import { isEmpty, samePosition, UnsupportedGeography } from "./geography.js";
import type { Prepared } from "./prepared.js";

/**
 * Predicates answer where the answer does not depend on the last bits of a coordinate: vertices that are equal, edges that are equal, and
 * what lies apart or crosses by more than 6 micrometers. Anything closer is refused.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions
 */
class Doubt {
  #found = false;

  note(): void {
    this.#found = true;
  }

  /** False, which only those answer who have no doubt. */
  no(name: string): false {
    if (this.#found) throw new UnsupportedGeography(`${name} of geographies that touch at no vertex of both`);
    return false;
  }
}

/** A point of one is a point of the other. */
export function intersects(a: Prepared, b: Prepared, name: string): boolean {
  const doubt = new Doubt();
  return meet(a, b, doubt) || anyInside(a, b, doubt) || anyInside(b, a, doubt) || doubt.no(name);
}

/** Whether edges meet, or points are vertices of the other. */
function meet(a: Prepared, b: Prepared, doubt: Doubt): boolean {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const point of one.points) {
      const mark = other.marks(point);
      if (mark === "yes") return true;
      if (mark === "doubtful") doubt.note();
      const place = other.place(point);
      if (place === "boundary" || place === "inside") return true;
      if (place === "doubtful") doubt.note();
    }
  }
  let found = false;
  visitPairs(a.edges, b.edges, (_e, _f, how) => {
    if (how === "doubtful") doubt.note();
    else found = true;
    return !found;
  });
  return found;
}

/** Whether a line or polygon of `a` lies in a polygon of `b`, where no edges meet. */
function anyInside(a: Prepared, b: Prepared, doubt: Doubt): boolean {
  if (b.geography.polygons.length === 0) return false;
  const first = [...a.lines, ...a.rings.map(([shell]) => shell ?? [])].flatMap((edges) => edges.slice(0, 1));
  return first.some((edge) => {
    const place = b.place({ position: edge.from, vector: edge.a });
    if (place === "doubtful") doubt.note();
    return place === "inside";
  });
}

/** No point of `b` is outside of `a`; false where one is empty. */
export function covers(a: Prepared, b: Prepared, name: string): boolean {
  if (isEmpty(a.geography) || isEmpty(b.geography)) return false;
  const doubt = new Doubt();
  const outside =
    b.points.some((point) => !coversPoint(a, point, doubt)) ||
    b.lineEdges.some((edge) => !coversEdge(a, edge, false, doubt)) ||
    b.boundary.some((edge) => !coversEdge(a, edge, true, doubt)) ||
    reachesInto(a, b, doubt);
  if (outside) return false;
  doubt.no(name);
  return true;
}

function coversPoint(a: Prepared, point: Prepared["points"][number], doubt: Doubt): boolean {
  const mark = a.marks(point);
  const place = a.place(point);
  if (mark === "yes" || place === "boundary" || place === "inside") return true;
  if (mark === "no" && place === "outside") return false;
  doubt.note();
  return true;
}

/**
 * @param bounds the edge bounds a polygon, which is on its left
 */
function coversEdge(a: Prepared, edge: Edge, bounds: boolean, doubt: Doubt): boolean {
  let answer: boolean | undefined;
  if (!bounds) {
    visitPairs([edge], a.lineEdges, (_e, _f, how) => {
      if (how === "same" || how === "reverse") answer = true;
      else if (how === "doubtful") doubt.note();
      return answer === undefined;
    });
    if (answer !== undefined) return answer;
  }
  visitPairs([edge], a.boundary, (_e, _f, how) => {
    if (how === "same") answer = true;
    else if (how === "reverse") answer = !bounds;
    else if (how === "cross") answer = false;
    else if (how === "doubtful") doubt.note();
    return answer === undefined;
  });
  return answer ?? isInside(edge, a, doubt);
}

/** Whether an edge that does not cross the boundary of `a` and is no part of it lies in a polygon of `a`. */
function isInside(edge: Edge, a: Prepared, doubt: Doubt): boolean {
  const place = a.place(middleOf(edge));
  if (place !== "doubtful") return place === "inside";
  doubt.note();
  return true;
}

/** The middle of an edge, which is no vertex. */
const middleOf = (edge: Edge) => ({ position: [Number.NaN, Number.NaN], vector: edge.middle }) as const;

/** Whether the boundary of `a` goes through a polygon of `b`, whose boundary it does not cross. */
function reachesInto(a: Prepared, b: Prepared, doubt: Doubt): boolean {
  if (b.geography.polygons.length === 0) return false;
  return a.boundary.some((edge) => {
    let shared = false;
    visitPairs([edge], b.boundary, (_e, _f, how) => {
      shared ||= how === "same" || how === "reverse";
      if (how === "doubtful") doubt.note();
      return !shared;
    });
    if (shared) return false;
    const place = b.place(middleOf(edge));
    if (place === "doubtful") doubt.note();
    return place === "inside";
  });
}

/** An inner point of one is an inner point of the other: ends of lines, and the boundaries of polygons, are no inner points. */
function interiorsIntersect(a: Prepared, b: Prepared, name: string): boolean {
  const doubt = new Doubt();
  return (
    pointsInside(a, b, doubt) ||
    pointsInside(b, a, doubt) ||
    edgesIntersect(a, b, doubt) ||
    edgesInside(a, b, doubt) ||
    edgesInside(b, a, doubt) ||
    doubt.no(name)
  );
}

function pointsInside(a: Prepared, b: Prepared, doubt: Doubt): boolean {
  return a.points.some((point) => {
    if (b.geography.points.some((own) => samePosition(own, point.position))) return true;
    if (b.geography.lines.some((line) => isInnerVertex(line, point.position))) return true;
    const place = b.place(point);
    if (place === "doubtful" || b.marks(point) === "doubtful") doubt.note();
    return place === "inside";
  });
}

/** A vertex that is no end of the line, or any vertex of a closed one. */
function isInnerVertex(line: readonly Edge["from"][], position: Edge["from"]): boolean {
  const [first, last] = [line[0] as Edge["from"], line.at(-1) as Edge["from"]];
  const inner = samePosition(first, last) ? line : line.slice(1, -1);
  return inner.some((vertex) => samePosition(vertex, position));
}

function edgesIntersect(a: Prepared, b: Prepared, doubt: Doubt): boolean {
  let found = false;
  const visit = (decides: (how: Meeting) => boolean) => (_e: Edge, _f: Edge, how: Meeting) => {
    if (how === "doubtful") doubt.note();
    found ||= decides(how);
    return !found;
  };
  visitPairs(
    a.boundary,
    b.boundary,
    visit((how) => how === "cross" || how === "same"),
  );
  if (!found)
    visitPairs(
      a.lineEdges,
      b.boundary,
      visit((how) => how === "cross"),
    );
  if (!found)
    visitPairs(
      a.boundary,
      b.lineEdges,
      visit((how) => how === "cross"),
    );
  if (!found)
    visitPairs(
      a.lineEdges,
      b.lineEdges,
      visit((how) => how !== "vertex" && how !== "doubtful"),
    );
  return found || a.geography.lines.some((line) => b.geography.lines.some((other) => shareInnerVertex(line, other)));
}

function shareInnerVertex(line: readonly Edge["from"][], other: readonly Edge["from"][]): boolean {
  return line.some((vertex) => isInnerVertex(line, vertex) && isInnerVertex(other, vertex));
}

/** Whether an edge of `a` that crosses no boundary lies in a polygon of `b`. */
function edgesInside(a: Prepared, b: Prepared, doubt: Doubt): boolean {
  if (b.geography.polygons.length === 0) return false;
  return a.edges.some((edge) => {
    let shared = false;
    visitPairs([edge], b.boundary, (_e, _f, how) => {
      shared ||= how === "same" || how === "reverse";
      return !shared;
    });
    if (shared) return false;
    const place = b.place(middleOf(edge));
    if (place === "doubtful") doubt.note();
    return place === "inside";
  });
}

export const contains = (a: Prepared, b: Prepared, name: string): boolean =>
  covers(a, b, name) && interiorsIntersect(a, b, name);

export const touches = (a: Prepared, b: Prepared, name: string): boolean =>
  intersects(a, b, name) && !interiorsIntersect(a, b, name);

export function equals(a: Prepared, b: Prepared, name: string): boolean {
  if (isEmpty(a.geography) || isEmpty(b.geography)) return isEmpty(a.geography) && isEmpty(b.geography);
  return covers(a, b, name) && covers(b, a, name);
}
