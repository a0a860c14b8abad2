// SPDX-License-Identifier: Apache-2.0
// A serial port over RFC 2217 with the face of a Web Serial port, which is what the Transport of
// esptool-js wants. Only what a flasher needs: bytes, speed, DTR and RTS, both lines in one packet.
import net from "node:net";

const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255];
const COM_PORT = 44;
const ACCEPTED = new Set([0, 3, COM_PORT]);
const SET_BAUDRATE = 1;
const SET_CONTROL = 5;
const CONTROL = { dtr: [9, 8], rts: [12, 11] };
const ANSWER_MS = 3000;

function escaped(bytes) {
  const out = [];
  for (const byte of bytes) {
    out.push(byte);
    if (byte === IAC) {
      out.push(IAC);
    }
  }
  return out;
}

function request(number, value) {
  return [IAC, SB, COM_PORT, number, ...escaped(value), IAC, SE];
}

function bigEndian(value) {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export class Rfc2217Port {
  constructor(port, host = "127.0.0.1") {
    this.address = { port, host };
    this.readable = null;
    this.writable = null;
    this.log = []; // every byte of the device, as text: what a monitor would have shown
  }

  getInfo() {
    return {};
  }

  async open({ baudRate }) {
    this.socket = net.connect(this.address);
    this.socket.setNoDelay(true);
    await new Promise((resolve, reject) => {
      this.socket.once("connect", resolve);
      this.socket.once("error", reject);
    });
    this.waiting = new Map(); // number of the answer -> whom it settles
    this.state = { take: (byte) => this.takeData(byte) };
    this.readable = new ReadableStream({
      start: (controller) => {
        this.controller = controller;
      },
      cancel: () => {
        this.controller = null; // bytes that nobody reads are dropped
      },
    });
    this.writable = new WritableStream({ write: (chunk) => this.send(escaped(chunk)) });
    this.socket.on("data", (chunk) => this.receive(chunk));
    this.socket.on("close", () => this.end());
    await this.ask(SET_BAUDRATE, bigEndian(baudRate));
  }

  async close() {
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.end();
    await closed;
    this.readable = null;
    this.writable = null;
  }

  async setBaudRate(baudRate) {
    await this.ask(SET_BAUDRATE, bigEndian(baudRate));
  }

  async setSignals({ dataTerminalReady, requestToSend }) {
    const bytes = [];
    if (dataTerminalReady !== undefined) {
      bytes.push(...request(SET_CONTROL, [CONTROL.dtr[+dataTerminalReady]]));
    }
    if (requestToSend !== undefined) {
      bytes.push(...request(SET_CONTROL, [CONTROL.rts[+requestToSend]]));
    }
    await this.send(bytes);
  }

  end() {
    for (const { reject } of this.waiting.values()) {
      reject(new Error("the server hung up"));
    }
    this.waiting.clear();
    this.controller?.close();
    this.controller = null;
  }

  send(bytes) {
    return new Promise((resolve, reject) => {
      this.socket.write(Uint8Array.from(bytes), (error) => (error ? reject(error) : resolve()));
    });
  }

  async ask(number, value) {
    let timer;
    const answered = new Promise((resolve, reject) => {
      this.waiting.set(number + 100, { resolve, reject });
      timer = setTimeout(() => reject(new Error(`no answer to request ${number}`)), ANSWER_MS);
    });
    try {
      await Promise.all([this.send(request(number, value)), answered]);
    } finally {
      clearTimeout(timer);
    }
  }

  receive(chunk) {
    this.data = [];
    for (const byte of chunk) {
      this.state.take(byte);
    }
    if (this.data.length > 0) {
      this.log.push(Buffer.from(this.data).toString("latin1"));
      this.controller?.enqueue(Uint8Array.from(this.data));
    }
  }

  next(take) {
    this.state.take = take;
  }

  takeData(byte) {
    if (byte === IAC) {
      this.next((verb) => this.takeVerb(verb));
    } else {
      this.data.push(byte);
    }
  }

  takeVerb(verb) {
    this.next((byte) => this.takeData(byte));
    if (verb === IAC) {
      this.data.push(IAC);
    } else if (verb === SB) {
      const bytes = [];
      this.next((byte) => this.takeSub(bytes, byte));
    } else if (verb >= WILL && verb <= DONT) {
      this.next((option) => this.takeOption(verb, option));
    }
  }

  // The server opens with everything it can; the answers end the negotiation.
  takeOption(verb, option) {
    this.next((byte) => this.takeData(byte));
    if (verb === DO) {
      this.send([IAC, ACCEPTED.has(option) ? WILL : WONT, option]);
    } else if (verb === WILL) {
      this.send([IAC, ACCEPTED.has(option) ? DO : DONT, option]);
    }
  }

  takeSub(bytes, byte) {
    if (byte !== IAC) {
      bytes.push(byte);
      return;
    }
    this.next((after) => {
      if (after === IAC) {
        bytes.push(IAC);
        this.next((more) => this.takeSub(bytes, more));
        return;
      }
      this.next((data) => this.takeData(data));
      const asker = this.waiting.get(bytes[1]);
      if (bytes[0] === COM_PORT && asker !== undefined) {
        this.waiting.delete(bytes[1]);
        asker.resolve();
      }
    });
  }

  // Everything the device has said so far; forget() starts anew.
  heard() {
    return this.log.join("");
  }

  forget() {
    this.log = [];
  }
}
