import { readFile } from 'node:fs/promises';

/** The labels of a pod as its file has them now; undefined where there is no such file. */
export async function readLabels(path: string | undefined): Promise<Readonly<Record<string, string>> | undefined> {
  const text = path === undefined ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : labelsIn(text);
}

/** A line each: `key="value"`, the value as Go quotes it. Values of labels have nothing that would be escaped. */
export function labelsIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^([^=\n]+)="([^"\n]*)"$/gm)].map(([, key, value]) => [key, value]));
}
