// A name server for one name, which can fall silent, and the namespace in which a program asks
// only this server. Needs root.
import dgram from "node:dgram";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateFolder } from "./places.mjs";

const answerBit = 0x8480; // a response, authoritative, recursion available
const typeA = 1;

/** A response with the address 127.0.0.1 for any question (RFC 1035, 4.1). */
function answer(question) {
  const end = question.indexOf(0, 12) + 5; // past the only question: name, type and class
  const isA = question.readUInt16BE(end - 4) === typeA;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(answerBit, 2);
  head.writeUInt16BE(isA ? 1 : 0, 6);
  head.fill(0, 8);
  const record = Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([head, question.subarray(12, end), ...(isA ? [record] : [])]);
}

export class NameServer {
  questions = 0;

  constructor({ isSilent = false } = {}) {
    this.isSilent = isSilent;
  }

  async listen() {
    // Port 53 on an address that no other of these servers uses.
    const part = () => 1 + Math.floor(Math.random() * 254);
    this.address = `127.${part()}.${part()}.${part()}`;
    this.socket = dgram.createSocket("udp4");
    this.socket.on("message", (question, { port, address }) => {
      this.questions++;
      if (!this.isSilent) this.socket.send(answer(question), port, address);
    });
    await new Promise((resolve, reject) => this.socket.on("error", reject).bind(53, this.address, resolve));
    return this;
  }

  /**
   * A command prefix that makes a program resolve names only here. options: of
   * resolv.conf(5); hosts: a file to replace /etc/hosts.
   */
  wrapper({ options = "", hosts = this.#emptyHosts() } = {}) {
    const resolv = join(privateFolder(), "resolv.conf");
    writeFileSync(resolv, `nameserver ${this.address}\n${options && `options ${options}\n`}`);
    return ["unshare", "-m", "sh", "-c", `mount --bind ${resolv} /etc/resolv.conf && mount --bind ${hosts} /etc/hosts && exec "$@"`, "sh"];
  }

  #emptyHosts() {
    const hosts = join(privateFolder(), "hosts");
    writeFileSync(hosts, "127.0.0.1 localhost\n");
    return hosts;
  }

  close() {
    this.socket.close();
  }
}
