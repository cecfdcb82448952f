/** What is told of the session in an error about memory or disk. */
export interface Resources {
  /** Bytes. */
  readonly memoryLimit: number;
  readonly spillFolder: string;
}

/** A lack of memory or disk in one line, or undefined for any other error. */
export function resourceError(error: Error, { memoryLimit, spillFolder }: Resources): Error | undefined {
  const memory = `${Math.ceil(memoryLimit / 1024 ** 2)} MiB`;
  if (/failed to offload data block|No space left on device|max_temp_directory_size/.test(error.message)) {
    return new Error(
      `the disk of ${spillFolder} is full: what does not fit into ${memory} of memory goes there; free space, give more memory, or let TMPDIR name another disk`,
      { cause: error },
    );
  }
  if (error.message.startsWith('Out of Memory Error')) {
    return new Error(`${memory} of memory are too little for this scan: give it more, or fewer threads`, {
      cause: error,
    });
  }
  return undefined;
}
