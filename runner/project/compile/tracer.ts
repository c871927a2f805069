import type { NondeterministicRead, ReadTrace } from "./protocol.js";

class Reads {
  readonly files = new Set<string>();
  readonly vars = new Set<string>();
  readonly nondeterministic = new Map<string, NondeterministicRead>();

  toTrace(): ReadTrace {
    return {
      files: [...this.files].sort(),
      vars: [...this.vars].sort(),
      nondeterministic: [...this.nondeterministic.values()],
    };
  }
}

/**
 * Who reads what while a project compiles. Code runs either because a file is being loaded or because core asks an action
 * for its SQL; every read belongs to the innermost of these. Reads by core itself, outside both, belong to nobody.
 */
export class Tracer {
  private readonly stack: Reads[] = [];
  private readonly byFile = new Map<string, Reads>();

  enterFile(path: string): void {
    this.stack.push(this.fileReads(path));
  }

  enterAction(): void {
    this.stack.push(new Reads());
  }

  /** Ends the innermost load or action and returns what it read. */
  exit(): ReadTrace {
    const reads = this.stack.pop();
    if (reads === undefined) throw new Error("tracer: exit without enter");
    return reads.toTrace();
  }

  readFile(path: string): void {
    this.stack.at(-1)?.files.add(path);
  }

  /** `importer` required `path`, maybe lazily, from a function that is called for somebody else. */
  importFile(importer: string, path: string): void {
    this.fileReads(importer).files.add(path);
    this.readFile(path);
  }

  readVar(name: string): void {
    this.stack.at(-1)?.vars.add(name);
  }

  readNondeterministic(read: NondeterministicRead): void {
    this.stack.at(-1)?.nondeterministic.set(`${read.what} ${read.file}:${read.line}`, read);
  }

  fileTraces(): Record<string, ReadTrace> {
    return Object.fromEntries([...this.byFile].map(([path, reads]) => [path, reads.toTrace()]));
  }

  private fileReads(path: string): Reads {
    let reads = this.byFile.get(path);
    if (reads === undefined) {
      reads = new Reads();
      this.byFile.set(path, reads);
    }
    return reads;
  }
}
