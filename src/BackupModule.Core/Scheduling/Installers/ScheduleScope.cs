namespace BackupModule.Core.Scheduling.Installers;

/// <summary>For whom schedules are called.</summary>
public enum ScheduleScope
{
    /// <summary>For the user who registers them, with that user's rights.</summary>
    User,

    /// <summary>For the machine, as root or SYSTEM.</summary>
    System,
}
