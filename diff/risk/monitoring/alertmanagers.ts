import type { Resource } from '../../../manifests/resource';
import { list, mappings, record } from '../../../manifests/resource';
import { operatedChanges } from '../operated-changes';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import type { ReadFile } from './prometheus-files';
import { changedConfigurations } from './prometheus-files';

/** Whom a Prometheus sends its alerts to no more, in an object of the operator or in its files. */
export function* alertsSentNowhere(diff: WorldChange): Iterable<FoundRisk> {
  for (const { change, before, after } of operatedChanges(diff)) {
    if (change.kind !== 'Prometheus' && change.kind !== 'ThanosRuler') continue;
    // More may be named in a Secret.
    const [was, is] = [before, after].map((each) => ofObject(diff, each)) as [string[], string[]];
    const field = ['alerting', 'additionalAlertManagerConfigs', 'alertmanagersUrl', 'alertmanagersConfig']
      .map((name) => fieldAt(change, ['spec', name]))
      .find(Boolean);
    const message = lostText(was, is);
    if (message !== undefined) yield { change, field, message, advice: TOLD };
  }
  for (const { before, after, placeOf } of changedConfigurations(diff)) {
    const [was, is] = [before, after].map((files) => files.flatMap(inFile)) as [string[], string[]];
    const message = lostText(was, is);
    const said = before.find((file) => inFile(file).some((each) => !is.includes(each)));
    if (message !== undefined && said) yield { ...placeOf(said.text), message, advice: TOLD };
  }
}

const TOLD = 'make sure that somebody is told by other means: strata alerts';

/** Undefined where all are sent to still. */
function lostText(was: readonly string[], is: readonly string[]): string | undefined {
  const gone = was.filter((each) => !is.includes(each));
  if (gone.length === 0) return undefined;
  return is.length === 0
    ? 'it sends its alerts to no Alertmanager any more: nobody is told of any'
    : `it sends its alerts to ${firstNames(gone)} no more`;
}

/** Addresses, and how many discoveries find others. */
function inFile({ content }: ReadFile): string[] {
  return mappings(record(record(content)?.['alerting'])?.['alertmanagers']).flatMap((entry) => [
    ...mappings(entry['static_configs']).flatMap(({ targets }) => list(targets).map(String)),
    ...Object.keys(entry)
      .filter((key) => /_sd_configs$/.test(key) && list(entry[key]).length > 0)
      .map((key) => `those of ${key}`),
  ]);
}

function ofObject({ before: world }: WorldChange, by: Resource): string[] {
  const secret = (field: string) => {
    const own = record(by.at(['spec', field]));
    return own ? [`those of Secret ${String(own['name'])}`] : [];
  };
  return [
    ...mappings(by.at(['spec', 'alerting', 'alertmanagers'])).map(
      ({ namespace, name }) => `Alertmanager ${String(namespace ?? world.namespaceOf(by))}/${String(name)}`,
    ),
    ...list(by.at(['spec', 'alertmanagersUrl'])).map(String),
    ...secret('additionalAlertManagerConfigs'),
    ...secret('alertmanagersConfig'),
  ];
}
