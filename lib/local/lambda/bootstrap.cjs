// Runs invocations, one after the other: reads a line {event, context} from stdin, calls the handler named by _HANDLER in
// LAMBDA_TASK_ROOT, and writes a line {result} or {error} to file descriptor 3. Standard output and error belong to the
// function's log. Ends with its stdin.
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { existsSync, writeSync } = require('node:fs');
const { createInterface } = require('node:readline');

function report(outcome) {
  const text = Buffer.from(`${JSON.stringify(outcome)}\n`);
  for (let written = 0; written < text.length; ) written += writeSync(3, text, written);
}

function fail(error, last = false) {
  const known = error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error);
  const errorType = known ? String(error.name ?? error.constructor?.name ?? 'Error') : typeof error;
  const errorMessage = known ? String(error.message) : String(error);
  const trace = known && typeof error.stack === 'string' ? error.stack.split('\n') : [];
  console.error(
    `${new Date().toISOString()}\tERROR\tInvoke Error\t${JSON.stringify({ errorType, errorMessage, stack: trace })}`,
  );
  report({ error: { errorType, errorMessage, trace }, last });
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

async function load(root, handler) {
  const dot = handler.lastIndexOf('.');
  const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const path = ['.js', '.cjs', '.mjs'].map((extension) => join(root, file + extension)).find(existsSync);
  if (path === undefined) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${file}' in ${root}`);
  const loaded = path.endsWith('.mjs') ? await import(pathToFileURL(path).href) : require(path);
  if (typeof loaded[name] !== 'function')
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  return loaded[name];
}

function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

/** What nobody caught leaves a process that nobody knows: Lambda starts another one, too. */
function fatal(error) {
  fail(error, true);
  process.exit(1);
}

process.on('uncaughtException', fatal);
process.on('unhandledRejection', (error) => fatal(named('Runtime.UnhandledPromiseRejection', String(error))));

let loading;
let done = Promise.resolve();
const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
lines.on('close', () => done.then(() => process.exit(0)));
lines.on('line', (line) => {
  const { event, context } = JSON.parse(line);
  const { deadline, ...members } = context;
  loading ??= load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  done = loading
    .then((handler) =>
      call(handler, event, {
        ...members,
        callbackWaitsForEmptyEventLoop: true,
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
      }),
    )
    .then(
      (result) => report({ result: result ?? null }),
      (error) => fail(error),
    );
});
