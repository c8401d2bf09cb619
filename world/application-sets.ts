import type { Json } from '../manifests/resource';
import { list, mappings, Resource, record, string } from '../manifests/resource';
import { isMap } from '../model/is-map';
import { memo } from '../model/memo';
import type { GeneratedParameters } from './application-generators';
import { parametersOf, yamlValue } from './application-generators';
import { isTemplated } from './argo';
import { deeplyTemplated, templated } from './argo-templates';

/** An Application as an ApplicationSet makes it. */
export interface GeneratedApplication {
  /** Its manifest. What is not known of it stays in its braces. */
  readonly resource: Resource;
  /** False: there is one for each cluster, folder or pull request that a generator finds, or none. */
  readonly isOne: boolean;
  /** What `templatePatch` says of it, where that cannot be worked out; in it stand the parameters that are known. */
  readonly unreadPatch: string | undefined;
}

/** The finalizer by which Argo CD deletes what an Application delivered before the Application goes. */
export const RESOURCES_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** The Applications that an ApplicationSet makes (applicationset/controllers/template of Argo CD), as far as its generators tell them. */
export const generatedApplications = memo((set: Resource): readonly GeneratedApplication[] => {
  const isGo = set.at(['spec', 'goTemplate']) === true;
  const failsOnMissing = list(set.at(['spec', 'goTemplateOptions'])).includes('missingkey=error');
  const own = record(set.at(['spec', 'template'])) ?? {};
  const made = mappings(set.at(['spec', 'generators'])).flatMap((generator) => {
    const template = withDefaults(templateOf(generator), own);
    return parametersOf(generator, { isGo, failsOnMissing }).map((given) => applicationFrom(set, template, given));
  });
  // Those that only another generator tells apart are called alike.
  return [...new Map(made.map((each) => [each.resource.name, each])).values()];
});

/** A generator's own template, which says more than that of the set. */
function templateOf(generator: Json): Json | undefined {
  return Object.values(generator)
    .map((each) => record(record(each)?.['template']))
    .find(Boolean);
}

/** As mergo merges: what says nothing is taken from the other one. */
function withDefaults(value: unknown, byDefault: Json): Json {
  if (!isMap(value)) return byDefault;
  const all = Object.entries({ ...byDefault, ...value }).map(([key, each]) => {
    const other = byDefault[key];
    if (isMap(each) && isMap(other)) return [key, withDefaults(each, other)];
    const isEmpty = !each || (Array.isArray(each) && each.length === 0);
    return [key, isEmpty && other !== undefined ? other : each];
  });
  return Object.fromEntries(all) as Json;
}

function applicationFrom(set: Resource, template: Json, given: GeneratedParameters): GeneratedApplication {
  const filled = (deeplyTemplated(template, given) ?? {}) as Json;
  const metadata = record(filled['metadata']) ?? {};
  const keeps = set.at(['spec', 'syncPolicy', 'preserveResourcesOnDeletion']) === true;
  const finalizers = list(metadata['finalizers']);
  const application: Json = {
    apiVersion: set.apiVersion,
    kind: 'Application',
    ...filled,
    metadata: {
      ...metadata,
      // What a template says takes the place of what holds by default.
      ...(finalizers.length === 0 && !keeps ? { finalizers: [RESOURCES_FINALIZER] } : {}),
    },
  };
  const text = string(set.at(['spec', 'templatePatch']));
  const written = text === undefined ? undefined : templated(text, given);
  const patch = written === undefined ? undefined : patchOf(written);
  const object = patch ? patched(application, patch) : application;
  const own: Json = {
    ...object,
    spec: { ...record(object['spec']), project: record(application['spec'])?.['project'] },
    metadata: { ...record(object['metadata']), ...inNamespaceOf(set) },
  };
  return {
    resource: new Resource(own, set.source, set.document, set.place),
    isOne: given.isOne,
    unreadPatch: patch ? undefined : written,
  };
}

function inNamespaceOf(set: Resource): Json {
  return set.statedNamespace === '' ? {} : { namespace: set.statedNamespace };
}

/** What a patch says; undefined where a part of it is not known, or where it is none. */
function patchOf(text: string): Json | undefined {
  if (isTemplated(text)) return undefined;
  return text.trim() === '' ? {} : record(yamlValue(text));
}

/** A strategic merge: of an Application, no list but the finalizers is merged by its entries. */
function patched(object: Json, patch: Json, at = ''): Json {
  const all: Record<string, unknown> = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    const old = all[key];
    if (value === null) delete all[key];
    else if (isMap(value)) all[key] = patched(isMap(old) ? old : {}, value, `${at}.${key}`);
    else if (`${at}.${key}` === '.metadata.finalizers') all[key] = [...new Set([...list(old), ...list(value)])];
    else all[key] = value;
  }
  return all;
}
