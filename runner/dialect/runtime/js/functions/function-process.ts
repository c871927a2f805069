import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { findScript } from "../../../../fence/find-script.js";
import type { BrokerData, CallAnswer, CallRequest } from "./protocol.js";

/** Limit of the JavaScript heap of all functions together, in MiB. */
export const MEMORY_LIMIT_MB = 1024;
/** What an answer may take besides the time limit of its call: starting the child on a busy machine. */
const GRACE_MS = 60_000;

interface Broker {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

let broker: Broker | undefined;

/**
 * Calls a user's JavaScript function for a vector of rows, in the fenced process that all functions share, and waits for it: DuckDB asks
 * for a function's results on this thread and cannot come back for them. The first call starts the process.
 */
export function callFunction(request: CallRequest): CallAnswer {
  broker ??= startBroker();
  const { worker, port, signal } = broker;
  const before = Atomics.load(signal, 0);
  port.postMessage(request);
  Atomics.wait(signal, 0, before, request.timeLimitMs + GRACE_MS);
  const received = receiveMessageOnPort(port) as { readonly message: CallAnswer } | undefined;
  if (received !== undefined) return received.message;
  broker = undefined;
  void worker.terminate();
  return { failed: "death" };
}

function startBroker(): Broker {
  const { port1: port, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: BrokerData = {
    childPath: findScript("function-child.js"),
    port: port2,
    signal,
    memoryMb: MEMORY_LIMIT_MB,
  };
  const worker = new Worker(findScript("function-broker.js"), { workerData, transferList: [port2], execArgv: [] });
  // Neither keeps the runner alive; the child ends with the thread.
  worker.unref();
  port.unref();
  return { worker, port, signal };
}
