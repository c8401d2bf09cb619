import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { PROJECT_ROOT } from '../../../constructs/inputs/files';
import type { FromYamlProps } from '../../../constructs/inputs/from-yaml';
import { FromYaml } from '../../../constructs/inputs/from-yaml';
import type { KubernetesObject } from '../../../model/kubernetes';
import { objectName } from '../../../model/kubernetes';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, which goes when the tests have run. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-input-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Somebody's Chart whose project is in a folder. */
export function chartIn(folder: string, props: { readonly namespace?: string } = {}): Chart {
  const app = new App();
  app.node.setContext(PROJECT_ROOT, folder);
  return new Chart(app, 'test', { disableResourceNameHashes: true, ...props });
}

/** What an input of a Chart renders. */
export function given(props: FromYamlProps, files: Readonly<Record<string, string>> = {}): KubernetesObject[] {
  const chart = chartIn(folderOf(files));
  new FromYaml(chart, 'input', props);
  return Testing.synth(chart) as KubernetesObject[];
}

export const names = (objects: readonly KubernetesObject[]) => objects.map(objectName);

export const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: wait, image: busybox:1 }]
      containers:
        - name: web
          image: example/web:1
          ports: [{ name: http, containerPort: 8080 }]
`;

/** Whether a program is there; tests that need one that is not are shown as skipped. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs something while PATH finds these scripts of a shell (`#!/bin/sh`), and nothing else. */
export function withPrograms<T>(scripts: Readonly<Record<string, string>>, act: (folder: string) => T): T {
  const folder = folderOf(scripts);
  for (const name of Object.keys(scripts)) chmodSync(join(folder, name), 0o755);
  const { PATH } = process.env;
  try {
    process.env['PATH'] = folder;
    return act(folder);
  } finally {
    process.env['PATH'] = PATH;
  }
}
