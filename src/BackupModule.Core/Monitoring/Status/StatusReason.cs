namespace BackupModule.Core.Monitoring.Status;

/// <summary>Why a policy is not well.</summary>
/// <param name="State">How bad that is.</param>
/// <param name="Text">A sentence.</param>
internal sealed record StatusReason(HealthState State, string Text);
