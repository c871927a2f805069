import { FAULTS, type Fault } from "../../runner/server/faults/faults.js";
import { faultyProxy as proxyBefore } from "../../runner/server/faults/proxy.js";

export { FAULTS, type Fault };

/** A call that came through. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly fault: Fault | undefined;
}

/** A proxy in front of a server that loses, damages and delays answers. */
export interface FaultyProxy {
  readonly url: string;
  readonly calls: SeenCall[];
  /** Decides what happens to a call; undefined: it goes through. The call waits for the answer. */
  fault: (
    call: Pick<SeenCall, "method" | "path"> & { readonly body: string },
  ) => Fault | undefined | Promise<undefined>;
  close(): Promise<void>;
}

export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const calls: SeenCall[] = [];
  const { port, close } = await proxyBefore(target, {
    port: 0,
    host: "127.0.0.1",
    decide: (call) => {
      const decided = proxy.fault(call);
      const { method, path } = call;
      calls.push({ method, path, fault: decided instanceof Promise ? undefined : decided });
      return decided;
    },
  });
  const proxy: FaultyProxy = { url: `http://127.0.0.1:${port}`, calls, fault: () => undefined, close };
  return proxy;
}
