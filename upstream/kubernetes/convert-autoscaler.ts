import type { Json } from '../../manifests/resource';
import { mappings, record, string } from '../../manifests/resource';

/** Where v1 and v2beta1 keep what they have no fields for (pkg/apis/autoscaling/annotations.go). */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const STATUS = ['autoscaling.alpha.kubernetes.io/current-metrics', 'autoscaling.alpha.kubernetes.io/conditions'];

/** An autoscaler of autoscaling/v1 or v2beta1 as v2 says it (conversion.go of both versions). */
export function autoscalerInV2(object: Json): Json {
  const { targetCPUUtilizationPercentage: percent, metrics, ...spec } = record(object['spec']) ?? {};
  const { rest: metadata, annotations } = withoutKept(record(object['metadata']) ?? {});
  const noted = mappings(parsed(annotations[METRICS])).map(metricInV2);
  const own = Array.isArray(metrics) ? mappings(metrics).map(metricInV2) : [];
  const target = { type: 'Utilization', averageUtilization: percent };
  const cpu = percent === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target } }];
  const all = [...noted, ...own, ...cpu];
  const behavior = uncapitalized(parsed(annotations[BEHAVIOR]));
  return {
    ...object,
    metadata,
    spec: {
      ...spec,
      ...(all.length > 0 ? { metrics: all } : {}),
      ...(behavior === undefined ? {} : { behavior }),
    },
  };
}

/** The metadata without the annotations that stand for fields. */
function withoutKept(metadata: Json): { readonly rest: Json; readonly annotations: Json } {
  const annotations = record(metadata['annotations']) ?? {};
  const left = Object.entries(annotations).filter(([key]) => ![METRICS, BEHAVIOR, ...STATUS].includes(key));
  if (left.length === Object.keys(annotations).length) return { rest: metadata, annotations };
  const { annotations: _, ...others } = metadata;
  return { rest: left.length > 0 ? { ...others, annotations: Object.fromEntries(left) } : others, annotations };
}

/** The value of JSON in an annotation; undefined where it is none: the server then passes over it. */
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(string(text) ?? '');
  } catch {
    return undefined;
  }
}

/** The behavior is kept with the names of Go's fields: `{"ScaleUp":{"SelectPolicy":"Max"}}`. */
function uncapitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(uncapitalized);
  const map = record(value);
  if (!map) return value ?? undefined;
  return Object.fromEntries(
    Object.entries(map)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key.slice(0, 1).toLowerCase() + key.slice(1), uncapitalized(each)]),
  );
}

/** A metric of v1's annotation or of v2beta1. What has the fields of v2 already stays as it is. */
function metricInV2(metric: Json): Json {
  const changed = Object.entries(metric).map(([key, value]) => {
    const source = record(value);
    const convert = Object.hasOwn(SOURCES, key) ? SOURCES[key] : undefined;
    return [key, source && convert ? convert(source) : value] as const;
  });
  return Object.fromEntries(changed);
}

const SOURCES: Readonly<Record<string, (source: Json) => Json>> = {
  resource: resourceInV2,
  containerResource: resourceInV2,
  pods: ({ metricName, selector, targetAverageValue, ...rest }) =>
    metricName === undefined
      ? { ...rest, ...given({ selector, targetAverageValue }) }
      : { ...rest, metric: given({ name: metricName, selector }), target: valuesInV2(undefined, targetAverageValue) },
  external: ({ metricName, metricSelector: selector, targetValue, targetAverageValue, ...rest }) =>
    metricName === undefined
      ? rest
      : {
          ...rest,
          metric: given({ name: metricName, selector }),
          target: valuesInV2(targetValue, targetAverageValue),
        },
  object: ({ metricName, selector, target, targetValue, averageValue, ...rest }) =>
    metricName === undefined
      ? { ...rest, ...given({ selector, target }) }
      : {
          ...rest,
          describedObject: target,
          metric: given({ name: metricName, selector }),
          target: {
            ...given({ value: targetValue, averageValue }),
            type: averageValue === undefined ? 'Value' : 'AverageValue',
          },
        },
};

function resourceInV2({ targetAverageUtilization, targetAverageValue, ...rest }: Json): Json {
  if (targetAverageUtilization === undefined && targetAverageValue === undefined) return rest;
  const target =
    targetAverageUtilization === undefined
      ? { type: 'AverageValue', averageValue: targetAverageValue }
      : {
          type: 'Utilization',
          averageUtilization: targetAverageUtilization,
          ...given({ averageValue: targetAverageValue }),
        };
  return { ...rest, target };
}

function valuesInV2(value: unknown, averageValue: unknown): Json {
  return { type: value === undefined ? 'AverageValue' : 'Value', ...given({ value, averageValue }) };
}

/** Without what is not there. */
function given(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
