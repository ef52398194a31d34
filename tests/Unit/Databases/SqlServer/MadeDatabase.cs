using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>A database of <see cref="MadeSqlServer"/>: rows, and the log that made them.</summary>
internal sealed class MadeDatabase(string name)
{
    public string Name { get; } = name;

    public string RecoveryModel { get; set; } = "FULL";

    public string State { get; set; } = "ONLINE";

    public bool IsEncrypted { get; set; }

    public bool MayBackUp { get; set; } = true;

    /// <summary>The pages that it takes.</summary>
    public long Pages { get; set; } = 1000;

    public bool MayViewState { get; set; } = true;

    public Guid Family { get; set; } = Guid.NewGuid();

    public Guid Fork { get; set; } = Guid.NewGuid();

    /// <summary>The next log record.</summary>
    public ulong Next { get; set; } = 100;

    /// <summary>The log record that the next backup of the log begins with; null before the first full backup.</summary>
    public ulong? LogTaken { get; set; }

    /// <summary>The full backup that a differential one stands on; null for none.</summary>
    public Guid? BaseId { get; set; }

    /// <summary>The log record after that backup.</summary>
    public ulong BaseEnd { get; set; }

    /// <summary>The log record that a file was added with.</summary>
    public ulong FileAddedAt { get; set; }

    /// <summary>The pages of extents that changed since that backup.</summary>
    public long ChangedPages { get; set; } = 1;

    public List<MadeChange> Changes { get; set; } = [];

    /// <summary>The rows as the changes have left them.</summary>
    public IReadOnlyList<string> Rows
    {
        get
        {
            List<string> rows = [];
            foreach (MadeChange change in Changes)
            {
                if (change.IsDeleted)
                {
                    rows.Remove(change.Row);
                }
                else
                {
                    rows.Add(change.Row);
                }
            }

            return rows;
        }
    }

    public void Insert(string row, DateTimeOffset at) => Changes.Add(new MadeChange(Next++, at, row, IsDeleted: false));

    public void Delete(string row, DateTimeOffset at) => Changes.Add(new MadeChange(Next++, at, row, IsDeleted: true));

    public MadeChange[] Between(ulong first, ulong last) => [.. Changes.Where(change => change.Lsn >= first && change.Lsn < last)];
}

/// <summary>A change of a row, committed by itself.</summary>
internal sealed record MadeChange(ulong Lsn, DateTimeOffset At, string Row, bool IsDeleted);
