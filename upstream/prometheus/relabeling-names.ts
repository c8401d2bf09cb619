import type { Json } from '../../manifests/resource';

/** A relabeling of an object of the operator, as it stands in a file. */
export function relabelingOf({ sourceLabels, targetLabel, ...rest }: Json): Json {
  return {
    ...rest,
    ...(sourceLabels === undefined ? {} : { source_labels: sourceLabels }),
    ...(targetLabel === undefined ? {} : { target_label: targetLabel }),
  };
}
