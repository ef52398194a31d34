using System;

namespace BackupModule.Core.Repositories;

/// <summary>Makes something of a file's JSON, which is gone afterwards.</summary>
internal delegate T JsonReading<out T>(ReadOnlySpan<byte> json);
