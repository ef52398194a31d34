using System;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Reports an error and goes on.</summary>
[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "Message")]
public sealed class WriteErrorCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    [Alias("Msg")]
    [AllowEmptyString]
    public string? Message { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Exception")]
    public Exception? Exception { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "ErrorRecord")]
    public ErrorRecord? ErrorRecord { get; set; }

    [Parameter]
    public ErrorCategory Category { get; set; }

    [Parameter]
    public string ErrorId { get; set; } = string.Empty;

    [Parameter]
    public object? TargetObject { get; set; }

    [Parameter]
    public string? RecommendedAction { get; set; }

    protected override void ProcessRecord()
    {
        Exception exception = Exception ?? new WriteErrorException(Message);
        string id = ErrorId.Length > 0 ? ErrorId : exception.GetType().FullName!;
        ErrorRecord record = ErrorRecord is null
            ? new ErrorRecord(exception, id, Category, TargetObject)
            : new ErrorRecord(ErrorRecord, ErrorRecord.Exception);
        if (ErrorRecord is null && (Message is not null || RecommendedAction is not null))
        {
            record.ErrorDetails = new ErrorDetails(Message ?? exception.Message)
            {
                RecommendedAction = RecommendedAction,
            };
        }

        WriteError(record);
    }
}
