namespace BackupModule.Compare.Tools;

/// <summary>A step to do.</summary>
/// <param name="Step">The step.</param>
/// <param name="Source">The folder that is backed up.</param>
/// <param name="Place">Where the tool works.</param>
/// <param name="Newest">The step that made the newest backup.</param>
internal sealed record StepRequest(Step Step, string Source, ToolPlace Place, Step Newest);
