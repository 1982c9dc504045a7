import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { decoded } from './otlpProtobuf.js';
import { listening } from '../../../../test/support/loopback.js';

/** What OTLP calls a value: one of its fields is set. */
interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
}
interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}
export interface OtlpPoint {
  readonly attributes: readonly KeyValue[];
  readonly asDouble?: number;
  readonly asInt?: number | string;
  readonly count?: number | string;
  readonly sum?: number;
  readonly explicitBounds?: readonly number[];
}
export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: {
    readonly isMonotonic: boolean;
    readonly aggregationTemporality: number;
    readonly dataPoints: readonly OtlpPoint[];
  };
  readonly gauge?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
}
export interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code: number; readonly message?: string };
}

interface Scope {
  readonly name: string;
  readonly version: string;
}
interface OtlpRequest {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly {
      readonly scope: Scope;
      readonly metrics: readonly OtlpMetric[];
    }[];
  }[];
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly scope: Scope; readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** A collector, as far as it receives metrics and traces by OTLP over HTTP, in JSON and in protobuf. */
export async function collector() {
  const metrics = new Map<string, OtlpMetric>();
  const spans: OtlpSpan[] = [];
  const scopes = new Set<string>();
  const types = new Set<string>();
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await bytesOf(request);
    const type = request.headers['content-type'] ?? '';
    types.add(type);
    const body = (
      type === 'application/x-protobuf'
        ? decoded(request.url ?? '', bytes)
        : JSON.parse(String(bytes))
    ) as OtlpRequest;
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const { scope, metrics: all } of scopeMetrics) {
        scopes.add(`${scope.name} ${scope.version}`);
        for (const metric of all) metrics.set(metric.name, metric);
      }
    }
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const { scope, spans: all } of scopeSpans) {
        scopes.add(`${scope.name} ${scope.version}`);
        spans.push(...all);
      }
    }
    // An empty answer in protobuf says that all was taken.
    const isJson = type === 'application/json';
    response.setHeader('content-type', type).end(isJson ? '{}' : '');
  }
  const server = createServer((request, response) => void receive(request, response));
  const url = `http://127.0.0.1:${await listening(server)}`;
  return { url, metrics, spans, scopes, types };
}

/** One that accepts, and never answers. */
export async function hangingCollector() {
  let requests = 0;
  const server = createServer(() => {
    requests += 1;
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  return {
    url,
    get requests() {
      return requests;
    },
  };
}

export function attributesOf({ attributes }: { readonly attributes: readonly KeyValue[] }) {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue } }) => [
      key,
      stringValue ?? Number(intValue),
    ]),
  );
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  await once(request, 'end');
  return Buffer.concat(chunks);
}
