import protos from "@google-cloud/bigquery-storage/build/protos/protos.json" with { type: "json" };
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import protobuf, { type INamespace, type Method, type Type } from "protobufjs";

const PACKAGE = "google.cloud.bigquery.storage.v1";
const CONVERSION = { longs: String, enums: String, defaults: true } as const;

/**
 * What gRPC must know of services of the Storage API. The loader that comes with gRPC describes every message of every version in a form for
 * reflection, which nobody here asks for and which takes a quarter of the server's start.
 */
export function serviceDefinitions(...names: readonly string[]): readonly ServiceDefinition[] {
  return names.map((name) => {
    const service = described().lookupService(`${PACKAGE}.${name}`);
    return Object.fromEntries(
      service.methodsArray.map((method) => [method.name, methodDefinition(`/${PACKAGE}.${name}`, method)]),
    );
  });
}

function methodDefinition(service: string, method: Method): MethodDefinition<object, object> {
  method.resolve();
  const request = codec(method.resolvedRequestType as Type);
  const answer = codec(method.resolvedResponseType as Type);
  return {
    path: `${service}/${method.name}`,
    originalName: method.name.charAt(0).toLowerCase() + method.name.slice(1),
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: answer.serialize,
    responseDeserialize: answer.deserialize,
  };
}

function codec(type: Type) {
  return {
    serialize: (value: object) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    deserialize: (bytes: Buffer): object => type.toObject(type.decode(bytes), CONVERSION),
  };
}

let root: protobuf.Root | undefined;

function described(): protobuf.Root {
  root ??= protobuf.Root.fromJSON(protos as INamespace);
  return root;
}

/** A message of the Storage API as the details of an error hold it. */
export function packedMessage(name: string, value: object): { readonly type_url: string; readonly value: Uint8Array } {
  const type = described().lookupType(`${PACKAGE}.${name}`);
  return { type_url: `type.googleapis.com/${PACKAGE}.${name}`, value: type.encode(type.fromObject(value)).finish() };
}
