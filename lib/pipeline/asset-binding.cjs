// Bundled in place of @duckdb/node-bindings: the native files lie beside the bundle, whatever folder it is in. On a
// developer's machine that cannot load those of CodeBuild's images, they are this project's own (NODE_PATH leads there).
const platform = `${process.platform}-${process.arch}`;
// In a variable, so that the bundler leaves it to Node.
const installed = '@duckdb/node-bindings';

function load() {
  if (platform !== 'linux-x64') return require(installed);
  try {
    return require('./duckdb.node');
  } catch (error) {
    try {
      return require(installed);
    } catch {
      throw error;
    }
  }
}

try {
  module.exports = load();
} catch (error) {
  throw new Error(`DuckDB's native files for ${platform} cannot be loaded: ${error.message.split('\n')[0]}`, {
    cause: error,
  });
}
