/** What one fresh process measured; null where there was nothing to measure, such as no recovery. */
export type Sample = Readonly<Record<string, number | null>>;

/** By variant, one sample for each round. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

/** How much work: how many cycles, connections, milliseconds. */
export type Size = Readonly<Record<string, number>>;

/** What a child process is asked to do. */
export interface Job {
  readonly bench: string;
  readonly variant: string;
  /** From 0; the seed where chance plays a part. */
  readonly round: number;
  /** The name of the pass, where a bench has several. */
  readonly pass: string;
  readonly size: Size;
}

/** By name, a figure for each second. */
export type Curves = Readonly<Record<string, readonly number[]>>;

/** A sample of what can be drawn. */
export interface Drawn {
  readonly sample: Sample;
  readonly curves: Curves;
}

/** What `bench/<name>/measure.ts` exports. */
export type Measure = (job: Job) => Promise<Sample | Drawn>;

export interface Variant {
  readonly name: string;
  /** What stands in the table; Markdown. */
  readonly label: string;
  /** Its name in the head of a column of ratios to it. Default: the label. */
  readonly short?: string;
  readonly note?: string;
}

export interface Column {
  readonly metric: string;
  /** With the unit. */
  readonly label: string;
  readonly digits: number;
  /** What is measured is divided by this before it is shown. Default 1. */
  readonly divisor?: number;
  /** Variants to show the ratio to: the median, over the rounds, of the ratio within one round. */
  readonly ratioTo?: readonly string[];
  /** The sum over the rounds is shown, not the median. */
  readonly total?: boolean;
  /** Shown for null. */
  readonly none?: string;
}

export interface Target {
  readonly label: string;
  readonly limit: number;
  readonly digits: number;
  /** null: not measured, and so not reached. */
  readonly value: (samples: Samples) => number | null;
}

/** A process for each variant, pass and round, with its own flags for node. */
export interface Pass {
  readonly name: string;
  readonly flags?: readonly string[];
  /** In the first so many rounds only. Default in all. */
  readonly rounds?: number;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** How it is measured; Markdown. */
  readonly method: string;
  /** Above the table: a file of docs/pictures, and what it shows. */
  readonly picture?: { readonly file: string; readonly shows: string };
  /** Said below the table; Markdown. */
  readonly remarks?: string;
  readonly variants: readonly Variant[];
  readonly columns: readonly Column[];
  readonly targets: readonly Target[];
  /** Heads the column of notes. Default 'leaves out'. */
  readonly notes?: string;
  readonly rounds: number;
  /** What a sample is one of. Default 'rounds'. */
  readonly repeats?: string;
  readonly size: Size;
  /** For the smoke test: everything runs, nothing is measured well. */
  readonly tiny: Size;
  /** Default one pass without flags. */
  readonly passes?: readonly Pass[];
  /** The packages whose versions the table depends on, besides schmoozer and xstate. */
  readonly packages: readonly string[];
  /** Takes the place of the interleaved rounds. */
  readonly run?: (size: Size) => Promise<Samples>;
}

/** What is kept of one bench in results.json. */
export interface Result {
  /** The day, as in 2026-01-31. */
  readonly day: string;
  readonly seconds: number;
  readonly machine: string;
  /** The system's load over the minute before; more than a part of one core disturbs. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly size: Size;
  readonly samples: Samples;
  /** By variant, of the first round. */
  readonly curves?: Readonly<Record<string, Curves>>;
}

export type Results = Readonly<Record<string, Result>>;
