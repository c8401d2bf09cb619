import { flagValues, wordsOf } from '../manifests/flags';
import type { Resource } from '../manifests/resource';
import { list, string } from '../manifests/resource';
import type { Container } from '../manifests/workload';
import { memo } from '../model/memo';
import type { Release } from '../upstream/prometheus/release';
import { versionIn } from '../upstream/prometheus/release';
import type { World } from './world';

/** What the image and the arguments of a container tell of its Prometheus. */
export function releaseOf(container: Container): Release {
  const version = versionIn(tagOf(string(container.json['image']) ?? ''));
  const words = wordsOf(container);
  // A shell, or a variable that holds arguments, may switch on more than is seen.
  if (words.some((word) => /\s|\$/.test(word))) return version ? { version } : {};
  const features = new Set(flagValues(words, 'enable-feature').flatMap((value) => value.split(',')));
  return {
    ...(version ? { version } : {}),
    features,
    agent: features.has('agent') || words.some((word) => /^--agent(=true)?$/.test(word)),
  };
}

/** What is known of every Prometheus that may load a PrometheusRule; nothing where they differ, or none is among the manifests. */
export const releaseOfRules = memo((world: World): Release => {
  const found = [...world.of('Prometheus'), ...world.of('ThanosRuler')].filter(
    ({ group }) => group === 'monitoring.coreos.com',
  );
  const [first, ...others] = found.map(releaseOfObject);
  if (!first || found.some(({ kind }) => kind !== 'Prometheus')) return {};
  const text = (release: Release) => JSON.stringify([release.version, [...(release.features ?? [])].sort()]);
  return others.every((other) => text(other) === text(first)) ? first : {};
});

/** The operator's Prometheus object: its image wins over its version. */
function releaseOfObject(resource: Resource): Release {
  const image = string(resource.at(['spec', 'image']));
  const version = versionIn(image ? tagOf(image) : (string(resource.at(['spec', 'version'])) ?? ''));
  const args =
    list(resource.at(['spec', 'additionalArgs'])).length > 0 || list(resource.at(['spec', 'containers'])).length > 0;
  const features = new Set(list(resource.at(['spec', 'enableFeatures'])).map(String));
  return { ...(version ? { version } : {}), ...(args ? {} : { features }) };
}

function tagOf(image: string): string {
  return /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? '';
}
