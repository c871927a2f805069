import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../protocol/errors.js";

/** Tells a call that came in a batch. */
export const PART_HEADER = "x-batch-part";

/** The service itself takes no more. */
const MOST_CALLS = 1000;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Answers the calls of a batch, each as if it had come alone. https://cloud.google.com/bigquery/batch */
export async function answerBatch(
  app: FastifyInstance,
  request: FastifyRequest,
): Promise<{ readonly type: string; readonly text: string }> {
  const boundary = /boundary="?([^";]+)"?/i.exec(request.headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) throw new ApiError("invalid", "A batch is multipart/mixed with a boundary");
  const body = await readText(request.body as Readable);
  const parts = body.split(`--${boundary}`).slice(1, -1);
  if (parts.length > MOST_CALLS) throw new ApiError("invalid", `A batch has at most ${MOST_CALLS} calls`);
  const answers = await Promise.all(parts.map((part) => answerPart(app, request, part)));
  const own = `batch_${randomBytes(9).toString("base64url")}`;
  const text = answers.map((answer) => `--${own}\r\nContent-Type: application/http\r\n${answer}\r\n`).join("");
  return { type: `multipart/mixed; boundary=${own}`, text: `${text}--${own}--\r\n` };
}

async function answerPart(app: FastifyInstance, { headers }: FastifyRequest, part: string): Promise<string> {
  const id = /^content-id:\s*<?([^>\r\n]+)>?/im.exec(part)?.[1] ?? "";
  const [, name, url, rest = ""] = /^(\w+) (\S+) HTTP\/[\d.]+\r?\n([\s\S]*)$/m.exec(part) ?? [];
  const method = METHODS.find((known) => known === name);
  if (method === undefined || url === undefined) throw new ApiError("invalid", `A call of the batch is none: ${id}`);
  const payload = rest
    .split(/\r?\n\r?\n/)
    .slice(1)
    .join("\n\n")
    .trim();
  const answer = await app.inject({
    method,
    url,
    headers: {
      host: headers.host ?? "localhost",
      [PART_HEADER]: id,
      ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
      ...(payload === "" ? {} : { "content-type": "application/json" }),
    },
    ...(payload === "" ? {} : { payload }),
  });
  return `Content-ID: <response-${id}>\r\n\r\nHTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${answer.body}\r\n`;
}
