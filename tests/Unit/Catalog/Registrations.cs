using System;
using BackupModule.Core.Catalog;

namespace BackupModule.Tests.Catalog;

/// <summary>Registrations for tests.</summary>
internal static class Registrations
{
    public static RegisteredRepository Make(string name) => new()
    {
        Name = name,
        Location = "/srv/backup/" + name,
        RepositoryId = new string('a', 64),
        RegisteredAt = new DateTimeOffset(2026, 5, 4, 3, 2, 1, 234, TimeSpan.FromHours(2)),
    };
}
