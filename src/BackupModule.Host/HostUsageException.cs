using System;

namespace BackupModule.Host;

/// <summary>The console was started with arguments that make no sense.</summary>
internal sealed class HostUsageException(string message) : Exception(message);
