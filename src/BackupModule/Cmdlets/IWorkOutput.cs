using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Cmdlets;

/// <summary>Where a cmdlet's work says what it has to say: the cmdlet's pipeline, or the streams of a job.</summary>
internal interface IWorkOutput : IBackupObserver
{
    /// <summary>Gives an object to whoever started the work.</summary>
    Task WriteAsync(object output);
}
