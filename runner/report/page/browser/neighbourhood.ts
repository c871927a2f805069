import type { Project } from "./project.js";

/** A model with everything that it rests on and everything that rests on it. */
export function neighbourhood(project: Project, start: number): ReadonlySet<number> {
  const found = new Set([start]);
  for (const next of [(place: number) => project.model(place).reads, (place: number) => project.readers[place] ?? []]) {
    const queue = [start];
    const seen = new Set(queue);
    for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
      for (const other of next(place)) {
        if (seen.has(other)) continue;
        seen.add(other);
        found.add(other);
        queue.push(other);
      }
    }
  }
  return found;
}
