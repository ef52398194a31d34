namespace BackupModule.Core.Catalog.Runs;

/// <summary>Why a run was begun.</summary>
public enum RunTrigger
{
    /// <summary>Somebody asked for it.</summary>
    Manual,

    /// <summary>It was due.</summary>
    Schedule,

    /// <summary>It had been due while nobody could begin it.</summary>
    CatchUp,
}
