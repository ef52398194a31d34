using System;

namespace BackupModule.Core.Repositories.Protection;

/// <summary>How far a snapshot is protected.</summary>
/// <param name="Until">The earliest end of the locks on what it needs; null if something is not locked.</param>
/// <param name="Failures">Files whose locks could not be extended.</param>
public sealed record ProtectionResult(DateTimeOffset? Until, int Failures);
