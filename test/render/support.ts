import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Component, KubernetesObject } from '../../model/kubernetes';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty folder that goes when the tests of this file are done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-'));
  folders.push(folder);
  return folder;
}

/** Every file below a folder with its text, by path. */
export function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

export function anObject(
  kind: string,
  name: string,
  rest: { readonly apiVersion?: string; readonly namespace?: string; readonly [field: string]: unknown } = {},
): KubernetesObject {
  const { apiVersion = 'v1', namespace = 'ns', ...fields } = rest;
  return { apiVersion, kind, metadata: { name, namespace }, ...fields };
}

export function aComponent(name: string, wave: number, objects: readonly KubernetesObject[]): Component {
  return { name, wave, objects };
}

/** The text of an index that says of these files which targets they are of. */
export function anIndex(paths: readonly string[], note = ''): string {
  const targets: Record<string, { objects: object[] }> = {};
  for (const path of paths) {
    const [cluster, environment, file] = path.split('/');
    if (file !== undefined)
      (targets[`${cluster}/${environment}`] ??= { objects: [] }).objects.push({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: file,
        file,
        sha256: note,
      });
  }
  return `${JSON.stringify({ targets })}\n`;
}
