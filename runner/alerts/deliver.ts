import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { systemReason } from "../port/system-error.js";
import type { AlertSink } from "../project/alert-settings.js";
import { cloudEvent, isFor, type Notice } from "./notices.js";
import { postNotice, webhookUrl } from "./webhook.js";

/** Where notices go. */
export interface Receivers {
  readonly sinks: Readonly<Record<string, AlertSink>>;
  /** Paths of files are relative to it. */
  readonly projectDir: string;
  /** What notices say that they come from. */
  readonly source: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where `stdout` writes its lines. */
  readonly print: (notice: Notice) => void;
}

/**
 * Tells every receiver what it wants to know.
 * @param onFailure is told of a receiver that did not take its notices
 * @returns whether all of them were taken
 */
export async function deliver(
  notices: readonly Notice[],
  receivers: Receivers,
  onFailure: (sink: string, message: string) => void,
): Promise<boolean> {
  const taken = await Promise.all(
    Object.entries(receivers.sinks).map(async ([name, sink]) => {
      try {
        await deliverTo(
          sink,
          notices.filter((notice) => isFor(sink, notice)),
          receivers,
        );
        return true;
      } catch (cause) {
        onFailure(name, systemReason(cause) ?? (cause instanceof Error ? cause.message : String(cause)));
        return false;
      }
    }),
  );
  return taken.every(Boolean);
}

async function deliverTo(sink: AlertSink, notices: readonly Notice[], receivers: Receivers): Promise<void> {
  if (notices.length === 0) return;
  switch (sink.type) {
    case "stdout":
      for (const notice of notices) receivers.print(notice);
      return;
    case "file": {
      const path = resolve(receivers.projectDir, sink.path);
      mkdirSync(dirname(path), { recursive: true });
      const lines = notices.map((notice) => `${JSON.stringify(cloudEvent(notice, receivers.source))}\n`);
      appendFileSync(path, lines.join(""));
      return;
    }
    case "webhook": {
      const given = receivers.variables[sink.urlVariable];
      if (given === undefined || given === "") return;
      const secret = sink.secretVariable === undefined ? undefined : receivers.variables[sink.secretVariable];
      if (sink.secretVariable !== undefined && (secret === undefined || secret === ""))
        throw new Error(`${sink.secretVariable} is not set, so that nothing can be signed`);
      const url = webhookUrl(given);
      for (const notice of notices) await postNotice({ url, secret }, cloudEvent(notice, receivers.source));
    }
  }
}
