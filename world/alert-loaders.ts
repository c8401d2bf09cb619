import type { Resource } from '../manifests/resource';
import { list, record } from '../manifests/resource';
import type { StatedAlert } from './alerting-rules';
import { selectionsOfObject } from './operator-selection';
import type { ConfiguredPrometheus } from './prometheus';
import { configuredPrometheuses } from './prometheus';
import type { World } from './world';

/** Whether an object of the operator says where alerts go, here or in a Secret. */
export function isTold(by: Resource): boolean {
  return (
    list(record(by.at(['spec', 'alerting']))?.['alertmanagers']).length > 0 ||
    by.at(['spec', 'additionalAlertManagerConfigs']) !== undefined
  );
}

/** The same of a configuration file. */
export function isFileTold({ configuration }: ConfiguredPrometheus): boolean {
  return list(record(record(configuration.content)?.['alerting'])?.['alertmanagers']).length > 0;
}

/** Those that load an alert, if all of them are known and none says where alerts go; else none. */
export function untoldLoaders(world: World, { resource, path }: StatedAlert): readonly Resource[] {
  const selecting = selectionsOfObject(world, resource).filter(({ is }) => is !== 'no');
  const reading = configuredPrometheuses(world).filter(({ rules }) =>
    rules.some((file) => file.resource === resource && file.path.join() === path.join()),
  );
  // A ThanosRuler has fields of its own for it.
  const mayTell =
    selecting.some(({ by, is }) => is === 'unknown' || by.kind !== 'Prometheus' || isTold(by)) ||
    reading.some(isFileTold);
  return mayTell ? [] : [...selecting.map(({ by }) => by), ...reading.map(({ workload }) => workload.resource)];
}
