using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Outputs;

namespace BackupModule.Commands.PointInTime;

/// <summary>Shows how the streams of this machine stand, and how far they are behind.</summary>
[Cmdlet(VerbsCommon.Get, "BackupLogStream")]
[OutputType(typeof(BackupLogStreamInfo))]
public sealed class GetBackupLogStreamCommand : LogStreamListCommand
{
    /// <summary>Policies, with wildcards; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (LogStreamStanding standing in States.Read().Where(item => Selects(PolicyName, item.State)))
        {
            LogStreamWarnings.Say(standing, Pipeline);
            await Pipeline.WriteAsync(BackupLogStreamInfo.From(standing.State, standing.IsRunning, Clock.GetLocalNow()))
                .ConfigureAwait(false);
        }
    }
}
