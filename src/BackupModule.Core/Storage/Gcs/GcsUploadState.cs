using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>How far a resumable upload has come, as the answer to one of its requests says.</summary>
/// <param name="Step">Where it stands.</param>
/// <param name="Received">How many bytes the server keeps, for <see cref="GcsUploadStep.Incomplete"/>.</param>
/// <param name="Failure">What went wrong, for <see cref="GcsUploadStep.Interrupted"/> and
/// <see cref="GcsUploadStep.Refused"/>.</param>
internal readonly record struct GcsUploadState(GcsUploadStep Step, long Received = 0, BackupException? Failure = null);
