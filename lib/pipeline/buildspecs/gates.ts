import { DEFAULT_PYTHON } from '../../config/images';
import { CLI_FILE } from '../cli-asset';
import { BUILD_ENV } from '../contract';

/** A buildspec as plain data; CodeBuild takes JSON as well as YAML. */
export type Buildspec = Readonly<Record<string, unknown>>;

const RUNTIMES = { nodejs: '22', python: DEFAULT_PYTHON };

/** Outside the source folder: the source archive of a release is made from that. */
const TOOLS = '"$ASSAY_TOOLS';
const assay = (command: string) => `node ${TOOLS}/${CLI_FILE}" ${command}`;

/**
 * Fetches the command line, pins the release, judges its data, and its drift where gates.yaml declares one. Data that
 * landed and passed is the dataset's current version from then on.
 */
export const dataTestsBuildspec = (): Buildspec =>
  gateBuildspec(
    ['data'],
    [
      assay('release prepare'),
      assay('gate data --junit reports/data.xml'),
      assay('gate drift --junit reports/drift.xml'),
      assay('golden accept'),
    ],
    ['reports/drift.xml'],
  );

/**
 * Takes the environment fingerprint out of the model, judges the model, and pins what its live traffic will be held
 * against; the Verdict action acts on the reports.
 */
export const modelTestsBuildspec = (): Buildspec =>
  gateBuildspec(
    ['model', 'behaviour'],
    [
      assay('release fingerprint'),
      assay('gate model --report-only --junit reports/model.xml'),
      assay('gate behaviour --report-only --junit reports/behaviour.xml'),
      assay('release baseline'),
    ],
  );

/** The zip that a variable names goes into the folder of tools. */
const unpack = (variable: string): readonly string[] => [
  `aws s3 cp --only-show-errors "$${variable}" ${TOOLS}/tool.zip"`,
  `python3 -m zipfile -e ${TOOLS}/tool.zip" "$ASSAY_TOOLS"`,
];

/** @param optional reports that are there in some runs: with those of the first gate, because a group needs a file */
function gateBuildspec(
  gates: readonly string[],
  commands: readonly string[],
  optional: readonly string[] = [],
): Buildspec {
  return {
    version: '0.2',
    env: { shell: 'bash' },
    phases: {
      install: {
        'runtime-versions': RUNTIMES,
        commands: ['export ASSAY_TOOLS="$(mktemp -d)"', ...[BUILD_ENV.cli, BUILD_ENV.duckdb].flatMap(unpack)],
      },
      build: { commands },
    },
    reports: Object.fromEntries(
      gates.map((gate, i) => [
        `${gate}-gate`,
        { files: [`reports/${gate}.xml`, ...(i === 0 ? optional : [])], 'file-format': 'JUNITXML' },
      ]),
    ),
  };
}
