using System.Collections.Generic;

namespace BackupModule.Core.Storage;

/// <summary>A listing that may be asked again after a failure: it goes on where it broke off, and shows nothing twice.
/// </summary>
internal interface IResumableListing : IAsyncEnumerator<StoredObject>;
