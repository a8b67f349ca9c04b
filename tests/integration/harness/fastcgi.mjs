// FastCGI by hand (FastCGI Specification 1.0), for what nginx would never send.
import net from "node:net";

const record = (type, content, id = 1) => {
  const head = Buffer.alloc(8);
  head.writeUInt8(1, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(id, 2);
  head.writeUInt16BE(content.length, 4);
  return Buffer.concat([head, content]);
};

const length = (bytes) => {
  if (bytes < 128) return Buffer.from([bytes]);
  const four = Buffer.alloc(4);
  four.writeUInt32BE(bytes + 0x80000000, 0);
  return four;
};

const pairs = (parameters) =>
  Buffer.concat(
    parameters.flatMap(([name, value]) => [
      length(Buffer.byteLength(name)),
      length(Buffer.byteLength(value)),
      Buffer.from(name),
      Buffer.from(value),
    ]),
  );

const stream = (type, content) => {
  const records = [];
  for (let at = 0; at < content.length; at += 65535) records.push(record(type, content.subarray(at, at + 65535)));
  return Buffer.concat([...records, record(type, Buffer.alloc(0))]);
};

/** A whole request. parameters: [name, value] pairs; keep: whether to ask for a kept connection. */
export const requestBytes = (parameters, body = "", { keep = false } = {}) =>
  Buffer.concat([
    record(1, Buffer.from([0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0])),
    stream(4, pairs(parameters)),
    stream(5, Buffer.from(body)),
  ]);

/** The backend's stdout, taken from the records of a response. */
function output(bytes) {
  let text = "";
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === 6) text += bytes.subarray(at + 8, at + 8 + size).toString();
    at += 8 + size + bytes[at + 6];
  }
  return text;
}

/** Sends bytes to the pool's socket; resolves with the response when the backend closes the connection. */
export function send(socketPath, bytes, { timeoutMs = 5000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath, () => socket.write(bytes));
    const parts = [];
    socket.on("data", (data) => parts.push(data));
    socket.on("close", () => resolve(output(Buffer.concat(parts))));
    socket.on("error", reject);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error("the backend did not close")));
  });
}
