// SPDX-License-Identifier: Apache-2.0
// One megabyte into the virtual board's flash, by our flasher and by Espressif's with its genuine
// stub: the same bytes, board and speed, from connecting to verified. What counts is the board's own
// time. Prints a table, and the figures as JSON in the last line.
// Usage: flash_write.js ESPTOOL-MODULE AIRSLOT FIRMWARE [BAUD...]
import { spawn } from "node:child_process";
import { createHash, createCipheriv } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { Rfc2217Port } from "../interop/rfc2217_port.js";

const [module, airslot, firmware, ...bauds] = process.argv.slice(2);
const { ESPLoader, Transport } = await import(pathToFileURL(path.resolve(module)));
const work = mkdtempSync(path.resolve("build/tests/flash-write-"));
const ADDRESS = 0x100000;
const LENGTH = 1 << 20;
const FLASH_SIZE = 4 << 20;

const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");

// Noise that is the same in every run, and firmware repeated until it fills the length.
function noise() {
  const key = Buffer.alloc(16, 1);
  return createCipheriv("aes-128-ctr", key, key).update(Buffer.alloc(LENGTH));
}

function program() {
  const image = readFileSync(firmware);
  return Buffer.concat(Array(Math.ceil(LENGTH / image.length)).fill(image)).subarray(0, LENGTH);
}

async function run(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let talk = "";
  child.stderr.on("data", (text) => (talk += text));
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) {
    throw new Error(`${command} ${args.join(" ")}: ${talk}`);
  }
}

async function portOf(file) {
  for (let i = 0; i < 1000; i++) {
    try {
      return Number(readFileSync(file, "utf8"));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error("the board opens no port");
}

// Virtual seconds of a board whose flash, full of old data, write(port) fills with data.
async function measure(data, write) {
  const flash = path.join(work, "flash.bin");
  const portFile = path.join(work, "port");
  const stats = path.join(work, "stats.json");
  rmSync(portFile, { force: true });
  writeFileSync(flash, Buffer.alloc(FLASH_SIZE, 0x5a));
  const board = spawn(airslot, ["board", "--flash", flash, "--no-net", "--serial", "rfc2217:0",
    "--port-file", portFile, "--stats", stats], { stdio: "ignore" });
  const exited = new Promise((resolve) => board.once("exit", resolve));
  try {
    await write(await portOf(portFile));
  } finally {
    board.kill("SIGTERM");
    await exited;
  }
  if (!readFileSync(flash).subarray(ADDRESS, ADDRESS + LENGTH).equals(data)) {
    throw new Error("the flash holds other bytes");
  }
  return JSON.parse(readFileSync(stats, "utf8")).virtual_us / 1e6;
}

async function withAirslot(file, baud, port) {
  await run(airslot, ["flash", "--port", `rfc2217://127.0.0.1:${port}`, "--baud", baud,
    "--after", "no-reset", `0x${ADDRESS.toString(16)}`, file]);
}

async function withEsptool(data, baud, port) {
  const loader = new ESPLoader({
    transport: new Transport(new Rfc2217Port(port)),
    baudrate: Number(baud),
    romBaudrate: 115200,
    terminal: { clean() {}, writeLine() {}, write() {} },
  });
  loader.transport.trace = () => {};
  await loader.main();
  await loader.writeFlash({
    fileArray: [{ data: new Uint8Array(data), address: ADDRESS }],
    flashMode: "keep",
    flashFreq: "keep",
    flashSize: "keep",
    eraseAll: false,
    compress: true,
    calculateMD5Hash: md5,
  });
  await loader.transport.disconnect();
}

const rows = [];
for (const [name, data] of [["noise", noise()], ["firmware", program()]]) {
  const file = path.join(work, `${name}.bin`);
  writeFileSync(file, data);
  for (const baud of bauds.length > 0 ? bauds : ["115200", "460800", "921600"]) {
    const ours = await measure(data, (port) => withAirslot(file, baud, port));
    const theirs = await measure(data, (port) => withEsptool(data, baud, port));
    rows.push({ data: name, baud: Number(baud), airslot_s: ours, esptool_js_s: theirs,
      ratio: ours / theirs });
    console.log(`1 MB of ${name} at ${baud} baud: airslot ${ours.toFixed(1)} s, ` +
      `esptool-js ${theirs.toFixed(1)} s, ratio ${(ours / theirs).toFixed(2)}`);
  }
}
rmSync(work, { recursive: true });
console.log(JSON.stringify({ flash_write: rows }));
