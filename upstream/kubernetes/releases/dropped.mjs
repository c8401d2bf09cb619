#!/usr/bin/env node
/**
 * Whether ../disabled-fields.ts knows every feature gate by which an API server drops something of what people write: the sources of each minor
 * version are read for functions that drop fields, and for the gates that these ask for and that are off by default.
 *
 *   node upstream/kubernetes/releases/dropped.mjs   needs go; exit 1 if there is one that it does not know
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubernetesSources, PATCHES } from './modules.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const known = readFileSync(join(here, '../disabled-fields.ts'), 'utf8');
const { gates } = JSON.parse(readFileSync(join(here, '../data/releases.json'), 'utf8'));

/** What nobody writes, or what is not taken by default: statuses, objects of drivers and kubelets, alpha APIs. */
const NOT_WRITTEN = [
  /Status|dropDeallocated|dropDeviceBindingConditions/,
  /^pkg\/registry\/(resource\/(resourceslice|resourcepoolstatusrequest)|scheduling\/(podgroup|compositepodgroup|workload)|core\/node|storage\/csinode)\//,
  /^pkg\/registry\/core\/persistentvolume\/.*LastPhaseTransitionTime/,
  // An update of a running pod.
  /^pkg\/registry\/core\/pod\/.*dropNonResize/,
  // Offered in 1.31 alone, by alpha APIs.
  /DRAControlPlaneController/,
  // It is a part of what is dropped with DRADeviceTaints and the like.
  /dropDisabledDRADeviceBindingConditionsFields/,
];

function* goFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* goFiles(path);
    else if (/^(strategy|util)\.go$/.test(entry.name)) yield path;
  }
}

/** The default of a gate: `BETA off`. */
function at(timeline, minor) {
  let value;
  for (const since of Object.keys(timeline ?? {})) if (Number(since) <= minor) value = timeline[since];
  return value;
}

const missing = new Map();
for (const minor of Object.keys(PATCHES).map(Number)) {
  const root = kubernetesSources(minor);
  for (const folder of ['pkg/api', 'pkg/registry'])
    for (const file of goFiles(join(root, folder))) {
      const source = readFileSync(file, 'utf8');
      for (const [text, name] of source.matchAll(/^func (?:\([^)]*\) )?([dD]rop\w+|PrepareForCreate)\([^]*?^}/gm))
        for (const [, gate] of text.matchAll(/Enabled\(\w*features\.(\w+)\)/g)) {
          const place = `${file.slice(root.length + 1)} ${name} ${gate}`;
          if (!at(gates.components[gate], minor)?.includes(' off') || NOT_WRITTEN.some((is) => is.test(place)))
            continue;
          if (!known.includes(`'${gate}'`)) missing.set(place, [...(missing.get(place) ?? []), minor]);
        }
    }
}
for (const [place, minors] of missing) console.error(`${place}: off in 1.${minors.join(', 1.')}`);
console.log(`${missing.size} gates that upstream/kubernetes/disabled-fields.ts does not know`);
process.exitCode = missing.size > 0 ? 1 : 0;
