import { randomBytes } from "node:crypto";
import { text, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { stopAsked } from "./stop-asked.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    port: wholeNumber("default: 9051; 0: any that is free", 0, 65_535),
    host: text("address of this machine; default: 127.0.0.1"),
    token: text("what the pages must send; default: FASTBREAK_TOKEN, or a new one"),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "The pages of 'report' that follow the project: they plan, run what you select,\nand answer queries. The BigQuery API of 'serve' is at the same address. While it\nruns, other commands find the warehouse locked.",
  ],
  examples: ["fastbreak ui", "fastbreak ui --port 0 --json"],

  async execute({ flags, words }): Promise<number> {
    const stop = stopAsked();
    const token = flags.token ?? (process.env.FASTBREAK_TOKEN || randomBytes(18).toString("base64url"));
    const [{ serveWarehouse }, { LivePages }, { liveRoutes }] = await Promise.all([
      import("../session/serve-warehouse.js"),
      import("../report/page/live.js"),
      import("../report/page/live-routes.js"),
    ]);
    let pages: InstanceType<typeof LivePages> | undefined;
    const server = await serveWarehouse({
      place: placeOf(flags, words[0]),
      inMemory: false,
      seed: undefined,
      port: flags.port ?? 9051,
      ...(flags.host === undefined ? {} : { host: flags.host }),
      token,
      pages(place, warehouse) {
        pages = new LivePages(place, warehouse);
        return liveRoutes(pages);
      },
    });
    const url = `${server.url}/#token=${encodeURIComponent(token)}`;
    process.stdout.write(
      flags.json
        ? `${JSON.stringify({ url, port: server.port, token, warehouse: server.warehouse })}\n`
        : `open ${url}\n`,
    );
    await stop;
    pages?.close();
    await server.close();
    return EXIT.done;
  },
});
