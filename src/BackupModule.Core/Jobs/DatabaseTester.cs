using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Jobs;

/// <summary>Looks whether backups of database sources can be made, before the first one is tried.</summary>
/// <param name="secrets">Gets passwords.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class DatabaseTester(SecretResolver secrets, TimeProvider time, IBackupObserver observer)
{
    /// <summary>Looks at a source: what it says, its password, and what its engine asks for. Changes nothing.</summary>
    /// <returns>Errors first. What keeps the test itself from going on is a finding, too.</returns>
    public async Task<IReadOnlyList<DatabaseFinding>> TestAsync(
        DatabaseDefinition database, CancellationToken cancellationToken)
    {
        try
        {
            DatabaseRules.Validate(database);
            DatabaseSession session = new(secrets, time, observer);
            await using (session.ConfigureAwait(false))
            {
                DatabaseAccess access = await session.OpenAsync(database, cancellationToken).ConfigureAwait(false);
                IReadOnlyList<DatabaseFinding> findings = await DatabaseEngines.Of(database.Engine)
                    .TestAsync(access, cancellationToken).ConfigureAwait(false);
                return [.. findings.OrderByDescending(static finding => finding.IsError)];
            }
        }
        catch (BackupException failure)
        {
            return [new DatabaseFinding(IsError: true, CheckOf(failure.Kind), failure.Message, failure.Guidance)];
        }
    }

    private static string CheckOf(BackupErrorKind kind) => kind switch
    {
        BackupErrorKind.SecretUnavailable => "Login",
        BackupErrorKind.DatabaseUnreachable => "Connection",
        BackupErrorKind.DatabaseAccessDenied => "Privilege",
        BackupErrorKind.DatabaseToolMissing => "Program",
        _ => "Setting",
    };
}
