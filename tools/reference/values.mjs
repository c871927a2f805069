// ValueProto to the JSON form of the goldens; README.md lists the form of every type.

const pad = (value, width) => String(value).padStart(width, "0");

/** Little-endian two's complement bytes to bigint. */
function signedLittleEndian(bytes) {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return bytes.length > 0 && bytes[bytes.length - 1] & 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value;
}

/** An integer scaled by 10^scale as decimal text without trailing zeros. */
function decimalText(unscaled, scale) {
  const digits = pad((unscaled < 0n ? -unscaled : unscaled).toString(), scale + 1);
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction ? `.${fraction}` : ""}`;
}

function fractionText(nanos) {
  return nanos ? `.${pad(nanos, 9).replace(/0+$/, "")}` : "";
}

/** Days since 1970-01-01 to YYYY-MM-DD for the years 1..9999. */
function dateText(days) {
  const date = new Date(days * 86_400_000);
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
}

function timestampText({ seconds = 0, nanos = 0 }) {
  const days = Math.floor(Number(seconds) / 86_400);
  const second = Number(seconds) - days * 86_400;
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((n) => pad(n, 2)).join(":");
  return `${dateText(days)}T${time}${fractionText(nanos)}Z`;
}

/** The bit fields of civil_time.h: hour 5, minute 6, second 6 bits. */
function clockText(bits) {
  return [(bits >> 12n) & 31n, (bits >> 6n) & 63n, bits & 63n].map((n) => pad(n, 2)).join(":");
}

function datetimeText({ bitFieldDatetimeSeconds = 0, nanos = 0 }) {
  const bits = BigInt(bitFieldDatetimeSeconds);
  const date = [pad(bits >> 26n, 4), pad((bits >> 22n) & 15n, 2), pad((bits >> 17n) & 31n, 2)].join("-");
  return `${date}T${clockText(bits)}${fractionText(nanos)}`;
}

function timeText(value) {
  const bits = BigInt(value);
  return `${clockText(bits >> 30n)}${fractionText(Number(bits & ((1n << 30n) - 1n)))}`;
}

/** interval_value.h: microseconds, days, then months (sign in the highest bit, value from bit 13) and nanoseconds in 32 bits. */
function intervalText(bytes) {
  const micros = bytes.readBigInt64LE(0);
  const bits = bytes.readUInt32LE(12);
  const months = (bits & 0x7fffffff) >>> 13;
  const nanos = micros * 1000n + BigInt(bits & 0x3ff);
  const size = nanos < 0n ? -nanos : nanos;
  const seconds = size / 1_000_000_000n;
  const clock = `${seconds / 3600n}:${(seconds / 60n) % 60n}:${seconds % 60n}${fractionText(Number(size % 1_000_000_000n))}`;
  const years = `${bits >>> 31 ? "-" : ""}${Math.floor(months / 12)}-${months % 12}`;
  return `${years} ${bytes.readInt32LE(8)} ${nanos < 0n ? "-" : ""}${clock}`;
}

function floatJson(value) {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

/** One ValueProto of the given TypeProto. */
export function decodeValue(type, value) {
  const field = value?.value;
  if (field === undefined) return null;
  switch (type.typeKind) {
    case "TYPE_INT64":
      return value.int64Value;
    case "TYPE_DOUBLE":
      return floatJson(value.doubleValue);
    case "TYPE_BOOL":
      return value.boolValue;
    case "TYPE_STRING":
      return value.stringValue;
    case "TYPE_BYTES":
      return value.bytesValue.toString("base64");
    case "TYPE_DATE":
      return dateText(value.dateValue);
    case "TYPE_TIMESTAMP":
      return timestampText(value.timestampValue);
    case "TYPE_DATETIME":
      return datetimeText(value.datetimeValue);
    case "TYPE_TIME":
      return timeText(value.timeValue);
    case "TYPE_NUMERIC":
      return decimalText(signedLittleEndian(value.numericValue), 9);
    case "TYPE_BIGNUMERIC":
      return decimalText(signedLittleEndian(value.bignumericValue), 38);
    case "TYPE_JSON":
      return value.jsonValue;
    case "TYPE_INTERVAL":
      return intervalText(value.intervalValue);
    case "TYPE_ARRAY":
      return (value.arrayValue.element ?? []).map((element) => decodeValue(type.arrayType.elementType, element));
    case "TYPE_STRUCT":
      return (type.structType.field ?? []).map((f, i) => decodeValue(f.fieldType, value.structValue.field[i]));
    default:
      throw new Error(`values of ${type.typeKind} cannot be recorded; cast to STRING in the query`);
  }
}
