// SPDX-License-Identifier: Apache-2.0
// Espressif's flasher, with the stub it ships, against the virtual board over RFC 2217: the ROM's
// loader starts the stub, the stub writes, verifies and reads, the board boots what was written.
// Faults of esptool-js 0.7.0 are worked around here: its hard reset never asserts RTS; its flash id
// depends on a register that it does not set for this chip; reading flash leaves the closing digest
// on the line, and the stub loses a command that arrives meanwhile. Without its stub it cannot
// flash this chip at all: rom_loader.c covers that path.
// Usage: esptool.js ESPTOOL-MODULE AIRSLOT HELLO-WORLD-BUILD-FOLDER
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { Rfc2217Port } from "./rfc2217_port.js";

const [module, airslot, firmware] = process.argv.slice(2);
const { ESPLoader, Transport } = await import(pathToFileURL(path.resolve(module)));
const work = mkdtempSync(path.resolve("build/tests/esptool-"));
const flashFile = path.join(work, "flash.bin");
const portFile = path.join(work, "port");

const FLASH_SIZE = 4 << 20;
const SECTOR = 0x1000;
const SPI_USER1 = 0x60000220;
const USER1_24_BITS_IN = 23 << 8;
const WAIT_MS = 20000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");

async function until(what, condition) {
  for (let waited = 0; waited < WAIT_MS; waited += 10) {
    const value = condition();
    if (value) {
      return value;
    }
    await sleep(10);
  }
  throw new Error(`waited in vain for ${what}`);
}

function portNumber() {
  try {
    return Number(readFileSync(portFile, "utf8"));
  } catch {
    return 0;
  }
}

async function startBoard() {
  rmSync(portFile, { force: true });
  const child = spawn(
    airslot,
    ["board", "--flash", flashFile, "--no-net", "--serial", "rfc2217:0", "--port-file", portFile],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const board = { child, talk: "" };
  child.stderr.on("data", (text) => (board.talk += text));
  board.exited = new Promise((resolve) => child.once("exit", resolve));
  board.port = await until("the port's number", portNumber);
  return board;
}

async function stopBoard(board) {
  board.child.kill("SIGTERM");
  assert.equal(await board.exited, 0, board.talk);
}

// setSignals, because the Transport's setRTS also repeats a DTR that it believes asserted for ever.
class HardReset {
  constructor(transport) {
    this.transport = transport;
  }

  async reset() {
    await this.transport.setSignals(false, true);
    await sleep(100);
    await this.transport.setSignals(false, false);
  }
}

class Session {
  constructor(port, baudrate) {
    this.talk = "";
    this.port = new Rfc2217Port(port);
    const note = (text) => (this.talk += text);
    this.loader = new ESPLoader({
      transport: new Transport(this.port),
      baudrate,
      romBaudrate: 115200,
      terminal: { clean() {}, writeLine: (text) => note(text + "\n"), write: note },
      resetConstructors: { hardReset: (transport) => new HardReset(transport) },
    });
    this.loader.transport.trace = () => {};
  }

  async write(files, compress) {
    await this.loader.writeFlash({
      fileArray: files,
      flashMode: "keep",
      flashFreq: "keep",
      flashSize: "keep",
      eraseAll: false,
      compress,
      calculateMD5Hash: md5,
    });
  }

  async close() {
    await this.loader.transport.disconnect();
  }
}

const tests = [];
const test = (name, run) => tests.push([name, run]);
let board;
let session;
const random = Buffer.concat([
  randomBytes(3 * SECTOR + 5),
  Buffer.alloc(2 * SECTOR, 0xc0), // every byte of it is escaped on the line
  randomBytes(7),
]);

test("connects by DTR and RTS, finds the chip and starts its stub", async () => {
  assert.equal(await session.loader.main(), "ESP8266EX");
  assert.match(session.talk, /Stub running/);
  assert.match(session.talk, /MAC: 5c:cf:7f:34:56:12/);
  assert.match(session.talk, /Crystal is 26MHz/);
});

test("changes the speed", async () => {
  assert.match(session.talk, /Changing baudrate to 460800\nChanged/);
  assert.equal(session.loader.baudrate, 460800);
  assert.equal(session.loader.transport.baudrate, 460800);
  assert.doesNotMatch(session.talk, /stopped responding/);
});

test("reads the flash id", async () => {
  await session.loader.writeReg(SPI_USER1, USER1_24_BITS_IN);
  assert.equal(await session.loader.readFlashId(), 0x1640ef);
  assert.equal(await session.loader.detectFlashSize(), "4MB");
});

test("erases the chip", async () => {
  await session.loader.eraseFlash();
  const blank = md5(Buffer.alloc(FLASH_SIZE, 0xff));
  assert.equal(await session.loader.flashMd5sum(0, FLASH_SIZE), blank);
});

test("writes uncompressed, verified by MD5", async () => {
  await session.write([{ data: new Uint8Array(random), address: 0x300000 }], false);
  assert.match(session.talk, /Hash of data verified/);
});

test("reads back what it wrote", async () => {
  const read = await session.loader.readFlash(0x300000, random.length);
  assert.deepEqual(Buffer.from(read), random);
  const digest = await session.loader.transport.read(WAIT_MS); // readFlash leaves it on the line
  assert.equal(Buffer.from(digest).toString("hex"), md5(random));
});

test("sees a difference", async () => {
  const wrong = Buffer.from(random);
  wrong[100] ^= 1;
  const sum = await session.loader.flashMd5sum(0x300000, random.length);
  assert.equal(sum, md5(random));
  assert.notEqual(sum, md5(wrong));
});

test("erases a region, and only that", async () => {
  const region = Buffer.alloc(8);
  region.writeUInt32LE(0x301000, 0);
  region.writeUInt32LE(SECTOR, 4);
  const { loader } = session;
  await loader.checkCommand("erase region", loader.ESP_ERASE_REGION, new Uint8Array(region));
  const want = Buffer.from(random);
  want.fill(0xff, SECTOR, 2 * SECTOR);
  assert.equal(await loader.flashMd5sum(0x300000, random.length), md5(want));
});

test("writes firmware compressed, verified by MD5", async () => {
  session.talk = "";
  const files = [
    [0x0, "bootloader/bootloader.bin"],
    [0x8000, "partition-table.bin"],
    [0xd000, "ota_data_initial.bin"],
    [0x10000, "hello_world.bin"],
  ].map(([address, name]) => {
    const data = new Uint8Array(readFileSync(path.join(firmware, name)));
    return { address, data };
  });
  await session.write(files, true);
  assert.equal(session.talk.match(/Hash of data verified/g).length, files.length);
});

test("resets, and the board boots what was written", async () => {
  await session.port.setBaudRate(74880);
  session.port.forget();
  await session.loader.after("hard_reset");
  await until("hello_world's greeting", () => session.port.heard().includes("Hello world!"));
  assert.match(session.port.heard(), /rst cause:2, boot mode:\(3,6\)/);
});

test("another client is turned away meanwhile", async () => {
  const second = new Rfc2217Port(board.port);
  await assert.rejects(second.open({ baudRate: 115200 }));
});

test("the board outlives its client", async () => {
  await session.close();
  const again = new Session(board.port, 115200);
  assert.equal(await again.loader.main(), "ESP8266EX");
  await again.close();
});

test("what was written is in the flash file", async () => {
  await stopBoard(board);
  const image = readFileSync(path.join(firmware, "hello_world.bin"));
  const flash = readFileSync(flashFile);
  assert.deepEqual(flash.subarray(0x10000, 0x10000 + image.length), image);
  board = undefined;
});

let passed = 0;
let failed = 0;
board = await startBoard();
session = new Session(board.port, 460800);
for (const [name, run] of tests) {
  const start = Date.now();
  try {
    await run();
    passed++;
    console.log(`ok: ${name} (${Date.now() - start} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}\n${error.stack}`);
    console.log(`${session.talk.slice(-2000)}\n${board?.talk ?? ""}`);
    break; // each step builds on the one before
  }
}
if (board !== undefined) {
  board.child.kill("SIGKILL");
}
rmSync(work, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
