using System;
using System.Management.Automation;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Module;

public sealed class ErrorRecordTests
{
    [Fact]
    public void Every_kind_of_failure_has_a_category() => Assert.All(
        Enum.GetValues<BackupErrorKind>(),
        static kind =>
        {
            ErrorRecord record = ErrorRecords.From(new BackupException(kind, "What.", "Do this.") { Subject = "it" });
            Assert.Equal(kind.ToString(), record.FullyQualifiedErrorId);
            Assert.NotEqual(ErrorCategory.NotSpecified, record.CategoryInfo.Category);
            Assert.Equal(("What.", "Do this."), (record.ErrorDetails.Message, record.ErrorDetails.RecommendedAction));
            Assert.Equal("it", record.TargetObject);
        });

    [Fact]
    public void An_unexpected_failure_says_so()
    {
        ErrorRecord record = ErrorRecords.From(new InvalidOperationException("Oops."));

        Assert.Equal("UnexpectedFailure", record.FullyQualifiedErrorId);
        Assert.Contains("Oops.", record.ErrorDetails.Message, StringComparison.Ordinal);
    }
}
