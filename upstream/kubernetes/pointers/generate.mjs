#!/usr/bin/env node
/**
 * Generates ../data/pointers.json: the fields of the Kubernetes API that are pointers in Go. In those what is empty (0, false, "", {}) is
 * not the same as nothing; in all others an API server forgets the difference. main.go prints them, built with the modules of each
 * minor version. Where an alpha or beta version of an API changed its mind the newest counts; no other one did.
 *
 *   node upstream/kubernetes/pointers/generate.mjs           Go modules -> data/pointers.json (needs go)
 *   node upstream/kubernetes/pointers/generate.mjs --check   write nothing; exit 1 if the file would change
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtWithModules, PATCHES } from '../releases/modules.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const FILE = join(here, '../data/pointers.json');
const { definitions } = JSON.parse(readFileSync(join(here, '../data/kubernetes.json'), 'utf8'));

function printedBy(minor) {
  const folder = mkdtempSync(join(tmpdir(), 'pointers-'));
  try {
    return JSON.parse(execFileSync(builtWithModules(minor, here, folder), { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The fields that a minor version has of a definition. */
function fieldsAt(name, minor) {
  let fields;
  for (const [since, value] of Object.entries(definitions[name])) if (Number(since) <= minor) fields = value;
  return Object.keys(fields ?? {}).map((field) => field.replace('!', ''));
}

function generated() {
  const isPointer = new Map();
  for (const minor of Object.keys(PATCHES).map(Number)) {
    const printed = printedBy(minor);
    for (const name of Object.keys(definitions).filter((known) => printed[known]))
      for (const field of fieldsAt(name, minor)) {
        const key = `${name} ${field}`;
        const now = printed[name].includes(field);
        if (isPointer.has(key) && isPointer.get(key) !== now && !/\.v\d+(alpha|beta)\d+\./.test(name))
          throw new Error(`${key} is a pointer in some versions only: data/pointers.json has no versions, teach it`);
        isPointer.set(key, now);
      }
  }
  const byName = {};
  for (const [key, pointer] of [...isPointer].sort()) {
    const [name, field] = key.split(' ');
    if (pointer) (byName[name] ??= []).push(field);
  }
  const lines = Object.entries(byName).map(([name, fields]) => `${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

const text = generated();
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
  console.log(`wrote upstream/kubernetes/data/pointers.json (${text.length} bytes)`);
} else if (existsSync(FILE) && readFileSync(FILE, 'utf8') === text) {
  console.log('upstream/kubernetes/data/pointers.json is up to date');
} else {
  console.error(
    'upstream/kubernetes/data/pointers.json is out of date. Fix: run `node upstream/kubernetes/pointers/generate.mjs`',
  );
  process.exitCode = 1;
}
