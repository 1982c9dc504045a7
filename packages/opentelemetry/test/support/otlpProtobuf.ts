import { parse } from 'protobufjs';

/** As much of OTLP as the tests look at; field numbers are those of `opentelemetry-proto` 1. */
const { root } = parse(`
  syntax = "proto3";
  message About { string name = 1; string version = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
  message KeyValue { string key = 1; AnyValue value = 2; }

  message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { repeated ScopeMetrics scope_metrics = 2; }
  message ScopeMetrics { About scope = 1; repeated Metric metrics = 2; }
  message Metric {
    string name = 1;
    string unit = 3;
    oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; }
  }
  message Gauge { repeated NumberPoint data_points = 1; }
  message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
  message NumberPoint {
    oneof value { double as_double = 4; sfixed64 as_int = 6; }
    repeated KeyValue attributes = 7;
  }
  message HistogramPoint {
    fixed64 count = 4;
    optional double sum = 5;
    repeated fixed64 bucket_counts = 6;
    repeated double explicit_bounds = 7;
    repeated KeyValue attributes = 9;
  }

  message TraceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { About scope = 1; repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    bytes parent_span_id = 4;
    string name = 5;
    int32 kind = 6;
    repeated KeyValue attributes = 9;
    Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
`);

/** A request in protobuf, in the shape that OTLP has in JSON. */
export function decoded(path: string, body: Uint8Array): unknown {
  const type = root.lookupType(path.endsWith('/metrics') ? 'MetricsRequest' : 'TraceRequest');
  // Without `defaults`: what is not set of several would be there with 0.
  return type.toObject(type.decode(body), { longs: Number, bytes: String, arrays: true });
}
