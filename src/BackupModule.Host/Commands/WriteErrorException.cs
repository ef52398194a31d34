using System;

namespace BackupModule.Host.Commands;

/// <summary>What an error is that a script reports by its message alone.</summary>
public sealed class WriteErrorException(string? message) : Exception(message);
