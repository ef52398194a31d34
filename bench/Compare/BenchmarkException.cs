using System;

namespace BackupModule.Compare;

/// <summary>The benchmark cannot run; the message says why and what to do.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
